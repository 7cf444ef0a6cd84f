//! The one thread that writes.
//!
//! Whatever has queued up while the last commit waited for the disk goes into the next one together, so that many callers
//! share one wait. Each piece of work has a savepoint of its own: one that fails takes nothing with it. Nobody is answered
//! before the commit.

use super::fault::Fault;
use super::lock::WriteLock;
use rusqlite::Connection;
use std::sync::mpsc;
use std::thread::JoinHandle;
use tokio::sync::oneshot;

/// How many pieces of work share one commit at most, so that the first is not kept waiting for ever.
const GROUP: usize = 256;

pub(crate) struct Writer {
    queue: Option<mpsc::Sender<Box<dyn Work>>>,
    thread: Option<JoinHandle<()>>,
}

trait Work: Send {
    fn carry_out(&mut self, connection: &Connection) -> Result<(), ()>;
    fn answer(self: Box<Self>, committed: Result<(), &str>);
}

struct Task<F, T> {
    work: Option<F>,
    result: Option<Result<T, Fault>>,
    caller: oneshot::Sender<Result<T, Fault>>,
}

impl<F, T> Work for Task<F, T>
where
    F: FnOnce(&Connection) -> Result<T, Fault> + Send,
    T: Send,
{
    fn carry_out(&mut self, connection: &Connection) -> Result<(), ()> {
        let Some(work) = self.work.take() else { return Ok(()) };
        let result = work(connection);
        let outcome = if result.is_ok() { Ok(()) } else { Err(()) };
        self.result = Some(result);
        outcome
    }

    fn answer(self: Box<Self>, committed: Result<(), &str>) {
        let answer = match (self.result, committed) {
            // What failed by itself failed for its own reason, whatever became of the others.
            (Some(Err(fault)), _) => Err(fault),
            (Some(Ok(value)), Ok(())) => Ok(value),
            (_, Err(message)) => Err(Fault::NotCommitted(message.to_owned())),
            (None, Ok(())) => Err(Fault::Stopped),
        };
        // A caller that does not wait any more needs no answer.
        let _ = self.caller.send(answer);
    }
}

impl Writer {
    pub(crate) fn start(connection: Connection, lock: WriteLock) -> std::io::Result<Self> {
        let (queue, waiting) = mpsc::channel();
        let thread = std::thread::Builder::new().name("store".to_owned()).spawn(move || {
            serve(&connection, &waiting);
            drop(connection);
            drop(lock);
        })?;
        Ok(Self { queue: Some(queue), thread: Some(thread) })
    }

    /// Carries the work out in a transaction and answers after its commit.
    pub(crate) async fn write<T: Send + 'static>(
        &self,
        work: impl FnOnce(&Connection) -> Result<T, Fault> + Send + 'static,
    ) -> Result<T, Fault> {
        let (caller, answer) = oneshot::channel();
        let task = Task { work: Some(work), result: None, caller };
        let queue = self.queue.as_ref().ok_or(Fault::Stopped)?;
        queue.send(Box::new(task)).map_err(|_| Fault::Stopped)?;
        answer.await.map_err(|_| Fault::Stopped)?
    }
}

impl Drop for Writer {
    /// Waits until what was queued is written, and the lock is free.
    fn drop(&mut self) {
        self.queue = None;
        if let Some(thread) = self.thread.take() {
            let _ = thread.join();
        }
    }
}

fn serve(connection: &Connection, waiting: &mpsc::Receiver<Box<dyn Work>>) {
    while let Ok(first) = waiting.recv() {
        let mut group = vec![first];
        group.extend(waiting.try_iter().take(GROUP - 1));
        let committed = commit(connection, &mut group).map_err(|error| error.to_string());
        for work in group {
            work.answer(committed.as_ref().map(|_| ()).map_err(String::as_str));
        }
    }
}

fn commit(connection: &Connection, group: &mut [Box<dyn Work>]) -> rusqlite::Result<()> {
    let run = |sql| connection.prepare_cached(sql)?.execute([]);
    run("BEGIN IMMEDIATE")?;
    let result = (|| {
        for work in group {
            run("SAVEPOINT work")?;
            if work.carry_out(connection).is_err() {
                // A full disk ends the whole transaction; then this fails, and so does the group.
                run("ROLLBACK TO work")?;
            }
            run("RELEASE work")?;
        }
        run("COMMIT")
    })();
    if result.is_err() && !connection.is_autocommit() {
        run("ROLLBACK")?;
    }
    result.map(drop)
}

#[cfg(test)]
mod tests {
    use super::super::format;
    use super::*;

    fn writer() -> (tempfile::TempDir, std::path::PathBuf, Writer) {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("store.db");
        let lock = WriteLock::acquire(&path).unwrap();
        let connection = format::open_writer(&path).unwrap();
        connection.execute_batch("CREATE TABLE step (number INTEGER NOT NULL UNIQUE)").unwrap();
        (folder, path, Writer::start(connection, lock).unwrap())
    }

    fn insert(number: i64) -> impl FnOnce(&Connection) -> Result<(), Fault> + Send + 'static {
        move |connection| {
            connection.execute("INSERT INTO step VALUES (?1)", [number])?;
            Ok(())
        }
    }

    fn steps(path: &std::path::Path) -> Vec<i64> {
        let reader = format::open_reader(path).unwrap();
        let mut statement = reader.prepare("SELECT number FROM step ORDER BY rowid").unwrap();
        statement.query_map([], |row| row.get(0)).unwrap().map(Result::unwrap).collect()
    }

    /// Keeps the writer busy with a group of one until told to go on: what is queued meanwhile is one group.
    async fn keep_busy(writer: &Writer) -> (mpsc::Sender<()>, impl Future<Output = Result<(), Fault>> + Send + '_) {
        let ((go, wait), (started, starts)) = (mpsc::channel::<()>(), mpsc::channel::<()>());
        let mut busy = Box::pin(writer.write(move |_| {
            let _ = started.send(());
            wait.recv().map_err(|_| Fault::Stopped)
        }));
        assert!(futures::poll!(&mut busy).is_pending());
        starts.recv().unwrap();
        (go, busy)
    }

    #[tokio::test]
    async fn what_queues_behind_a_commit_is_written_together_and_in_order() {
        let (_folder, path, writer) = writer();
        let (go, blocked) = keep_busy(&writer).await;
        let watched = path.clone();
        let mut writes: Vec<std::pin::Pin<Box<dyn Future<Output = ()> + Send + '_>>> = Vec::new();
        writes.push(Box::pin(async { blocked.await.unwrap() }));
        for number in 0..100 {
            let watched = watched.clone();
            let write = writer.write(move |connection| {
                connection.execute("INSERT INTO step VALUES (?1)", [number])?;
                // A reader sees nothing of the group before its commit.
                Ok(steps(&watched).len())
            });
            writes.push(Box::pin(async move { assert_eq!(write.await.unwrap(), 0) }));
        }
        writes.push(Box::pin(async move { go.send(()).unwrap() }));
        futures::future::join_all(writes).await;
        assert_eq!(steps(&path), (0..100).collect::<Vec<_>>());
    }

    #[tokio::test]
    async fn work_that_fails_takes_nothing_of_its_group_with_it() {
        let (_folder, path, writer) = writer();
        let half = writer.write(|connection| {
            insert(7)(connection)?;
            insert(1)(connection)
        });
        let results = futures::join!(writer.write(insert(1)), half, writer.write(insert(2)));
        assert!(results.0.is_ok() && results.2.is_ok());
        assert!(matches!(results.1, Err(Fault::Database(_))));
        assert_eq!(steps(&path), [1, 2]);
    }

    #[tokio::test]
    async fn a_lost_transaction_fails_everybody_in_the_group_and_the_next_one_works() {
        let (_folder, path, writer) = writer();
        let (go, blocked) = keep_busy(&writer).await;
        let lost = writer.write(|connection| {
            connection.execute_batch("ROLLBACK")?;
            Err::<(), _>(Fault::Damaged("lost".to_owned()))
        });
        let go = async move { go.send(()).unwrap() };
        let results = futures::join!(blocked, writer.write(insert(1)), lost, writer.write(insert(2)), go);
        assert!(matches!(results.1, Err(Fault::NotCommitted(_))), "{:?}", results.1);
        assert!(matches!(results.3, Err(Fault::NotCommitted(_))), "{:?}", results.3);
        writer.write(insert(3)).await.unwrap();
        assert_eq!(steps(&path), [3]);
    }

    #[tokio::test]
    async fn what_was_queued_is_written_before_the_writer_goes() {
        let (_folder, path, writer) = writer();
        let write = tokio::spawn(async move {
            // Queued and not waited for.
            let mut write = Box::pin(writer.write(insert(1)));
            futures::future::poll_fn(|context| {
                let _ = write.as_mut().poll(context);
                std::task::Poll::Ready(())
            })
            .await;
            drop(write);
            drop(writer);
        });
        write.await.unwrap();
        assert_eq!(steps(&path), [1]);
    }
}
