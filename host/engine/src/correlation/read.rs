//! Reading decisions back: every row is checked, everything that is wrong is told at once, and nothing is taken if anything is.

use super::open::{Candidate, OpenCases};
use super::{CorrelationDecision, DECISIONS, IgnoredCase};
use crate::engine::Engine;
use crate::error::EngineError;
use innkeeper_domain::{AccountId, AppName, PersonId};
use innkeeper_policy::nearest;
use innkeeper_source::csv::{Table, TableCell};
use innkeeper_store::{AuditEvent, Link, Mutation};
use jiff::Timestamp;
use jiff::civil::Date;
use serde::Serialize;
use std::collections::{BTreeMap, BTreeSet};

/// How many problems are looked at for what was meant: a file in which every row is wrong has one mistake.
const GUESSED: usize = 20;

/// What can be decided.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum CaseWord {
    /// The account is the person's.
    Link,
    /// None of the accounts is the person's: they get a new one.
    New,
    /// The case is not spoken of, and everybody in it is left alone.
    Ignore,
}

impl CaseWord {
    const ALL: [(&'static str, Self); 3] = [("link", Self::Link), ("new", Self::New), ("ignore", Self::Ignore)];

    fn read(text: &str) -> Option<Self> {
        Self::ALL.iter().find(|(word, _)| word.eq_ignore_ascii_case(text)).map(|(_, word)| *word)
    }

    fn name(self) -> &'static str {
        Self::ALL.iter().find(|(_, word)| *word == self).map_or("", |(name, _)| name)
    }
}

/// What is wrong with one cell.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, thiserror::Error)]
#[error("{file}:{line}:{column}: {text}")]
pub struct RowProblem {
    /// The file.
    pub file: String,
    /// From 1.
    pub line: usize,
    /// In characters, from 1.
    pub column: usize,
    /// What is wrong, and what was expected.
    pub text: String,
}

/// What a file decides, not yet written down.
#[derive(Clone, Debug, Default)]
pub struct CaseDecisions {
    /// How many accounts become somebody's.
    pub linked: usize,
    /// How many people get a new account.
    pub new: usize,
    /// How many people's cases are not spoken of.
    pub ignored: usize,
    /// How many rows say what was decided already.
    pub known: usize,
    /// How many rows decide nothing.
    pub blank: usize,
    /// What writes it down, each decision with its entry in the audit log.
    pub decisions: Vec<(Vec<Mutation>, AuditEvent)>,
}

/// One row that decides something.
struct Row {
    line: usize,
    app: AppName,
    person: PersonId,
    account: AccountId,
    word: CaseWord,
    until: Option<Date>,
    reason: Option<String>,
}

/// What the rows are held against.
struct Known {
    open: BTreeMap<(AppName, PersonId, AccountId), Candidate>,
    links: BTreeMap<AppName, BTreeMap<AccountId, Link>>,
    decisions: BTreeMap<(AppName, PersonId), CorrelationDecision>,
    today: Date,
    /// Who decides.
    by: String,
    now: Timestamp,
}

impl Engine {
    /// Reads what a table decides of the cases that are open. `file` is for messages.
    ///
    /// # Errors
    /// When nothing was ever read, or the table cannot be read at all. What is wrong with its rows is in the answer.
    pub async fn read_case_decisions(
        &self,
        bytes: &[u8],
        file: &str,
    ) -> Result<Result<CaseDecisions, Vec<RowProblem>>, EngineError> {
        let table = match Table::read(bytes, file) {
            Ok(table) => table,
            Err(error) => return Err(EngineError::Table { message: error.to_string() }),
        };
        let OpenCases(open) = self.open_cases(None).await?;
        let mut links = BTreeMap::new();
        for app in self.configuration().apps() {
            links.insert(app.name.clone(), self.store().links(&app.name).await?);
        }
        let decisions = self.correlation_decisions().await?.into_iter();
        let known = Known {
            by: self.parts.who.clone(),
            now: self.now(),
            open: open.into_iter().map(|one| ((one.app.clone(), one.person.clone(), one.account.clone()), one)).collect(),
            links,
            decisions: decisions.map(|one| ((one.app.clone(), one.person.clone()), one)).collect(),
            today: self.today(),
        };
        known.read(&table, file)
    }
}

impl Known {
    /// What the table decides, or everything that is wrong with it.
    fn read(&self, table: &Table, file: &str) -> Result<Result<CaseDecisions, Vec<RowProblem>>, EngineError> {
        let mut reader = Reader { file, known: self, problems: Vec::new(), known_rows: 0, blank: 0 };
        let rows = reader.rows(table);
        reader.clashes(&rows);
        if !reader.problems.is_empty() {
            reader.problems.sort_by_key(|problem| (problem.line, problem.column));
            return Ok(Err(reader.problems));
        }
        let mut decided = CaseDecisions { known: reader.known_rows, blank: reader.blank, ..CaseDecisions::default() };
        let mut done = BTreeSet::new();
        for row in rows {
            // The same word for the same person decides once.
            if done.insert((row.app.clone(), row.person.clone())) {
                self.decide(&row, &mut decided)?;
            }
        }
        Ok(Ok(decided))
    }

    fn decide(&self, row: &Row, decided: &mut CaseDecisions) -> Result<(), EngineError> {
        let Row { app, person, account, word, until, reason, .. } = row;
        let key = CorrelationDecision::key(app, person);
        let before = self.decisions.get(&(app.clone(), person.clone()));
        let candidates = || self.candidates(app, person).map(|one| one.account.clone());
        let mut decision = before.cloned().unwrap_or_else(|| CorrelationDecision {
            app: app.clone(),
            person: person.clone(),
            apart: BTreeSet::new(),
            ignored: None,
            by: String::new(),
            at: self.now,
            reason: None,
        });
        (decision.by, decision.at, decision.reason) = (self.by.clone(), self.now, reason.clone());
        let mut subject = serde_json::json!({ "app": app, "person": person, "reason": reason });
        let (mutations, what) = match word {
            CaseWord::Link => {
                decided.linked += 1;
                let name = self.name(app, person, account);
                subject["account"] = serde_json::json!(account);
                subject["label"] = serde_json::json!(name);
                // Where several are linked, the others are nobody's from now on.
                let others = self.links_of(app, person).filter(|other| *other != account);
                let mut mutations: Vec<Mutation> =
                    others.map(|other| Mutation::Unlink { app: app.clone(), account: other.clone() }).collect();
                let link =
                    self.links.get(app).and_then(|links| links.get(account)).filter(|link| link.person == *person).cloned();
                let link = link.unwrap_or_else(|| Link {
                    person: person.clone(),
                    unique_name: name,
                    since: self.now,
                    suspended_on: None,
                    deleted_on: None,
                });
                mutations.push(Mutation::Link { app: app.clone(), account: account.clone(), link });
                mutations.extend(before.map(|_| DECISIONS.remove(key)));
                (mutations, "account.adopted")
            }
            CaseWord::New => {
                decided.new += 1;
                decision.apart.extend(candidates());
                decision.ignored = None;
                subject["apart"] = serde_json::json!(decision.apart);
                (vec![DECISIONS.put(key, &decision)?], "case.new")
            }
            CaseWord::Ignore => {
                decided.ignored += 1;
                decision.ignored = Some(IgnoredCase { until: *until });
                subject["until"] = serde_json::json!(until);
                (vec![DECISIONS.put(key, &decision)?], "case.ignored")
            }
        };
        let event = AuditEvent { at: self.now, who: self.by.clone(), what: what.to_owned(), subject };
        decided.decisions.push((mutations, event));
        Ok(())
    }
}

impl Known {
    fn candidates(&self, app: &AppName, person: &PersonId) -> impl Iterator<Item = &Candidate> {
        let first = (app.clone(), person.clone(), AccountId::new(""));
        self.open.range(first..).map(|(_, one)| one).take_while({
            let (app, person) = (app.clone(), person.clone());
            move |one| one.app == app && one.person == person
        })
    }

    fn name(&self, app: &AppName, person: &PersonId, account: &AccountId) -> String {
        let open = self.open.get(&(app.clone(), person.clone(), account.clone()));
        open.map_or_else(|| account.to_string(), |one| one.account_name.clone())
    }

    /// The accounts that are the person's by now.
    fn links_of(&self, app: &AppName, person: &PersonId) -> impl Iterator<Item = &AccountId> {
        let links = self.links.get(app).into_iter().flatten();
        links.filter(move |(_, link)| link.person == *person && link.deleted_on.is_none()).map(|(id, _)| id)
    }

    /// Whether the row says what is so already.
    fn is_so(&self, row: &Row) -> bool {
        let decision = self.decisions.get(&(row.app.clone(), row.person.clone()));
        match row.word {
            CaseWord::Link => self.links_of(&row.app, &row.person).eq([&row.account]),
            CaseWord::New => decision.is_some_and(|one| one.apart.contains(&row.account) && one.ignored.is_none()),
            CaseWord::Ignore => decision.is_some_and(|one| one.ignored == Some(IgnoredCase { until: row.until })),
        }
    }
}

struct Reader<'a> {
    file: &'a str,
    known: &'a Known,
    problems: Vec<RowProblem>,
    known_rows: usize,
    blank: usize,
}

impl Reader<'_> {
    fn report(&mut self, (line, column): (usize, usize), text: String) {
        self.problems.push(RowProblem { file: self.file.to_owned(), line, column, text });
    }

    /// The rows that decide something that is not so already.
    fn rows(&mut self, table: &Table) -> Vec<Row> {
        for problem in &table.problems {
            self.report((problem.line, problem.column), problem.text.clone());
        }
        let names = ["app", "person", "account", "decision", "stamp", "until", "reason"];
        let places = names.map(|name| table.column(name));
        for (name, place) in names.iter().zip(&places).take(5) {
            if place.is_none() {
                let found = nearest(name, table.header.iter().map(|cell| cell.text.as_str()));
                let hint = found.map_or(String::new(), |found| format!(" (there is `{found}`)"));
                self.report((1, 1), format!("there is no column `{name}`{hint}: keep the columns of the file that was written"));
            }
        }
        let [Some(app), Some(person), Some(account), Some(decision), Some(stamp), until, reason] = places else {
            return Vec::new();
        };
        let mut rows = Vec::new();
        for cells in &table.rows {
            if cells[decision].text.is_empty() {
                self.blank += 1;
                continue;
            }
            let cell = |place: Option<usize>| place.map(|place| &cells[place]).filter(|cell| !cell.text.is_empty());
            let row = self.row(&cells[app], &cells[person], &cells[account], &cells[decision], cell(until), cell(reason));
            let Some(row) = row else { continue };
            if self.known.is_so(&row) {
                self.known_rows += 1;
            } else if self.is_open(&row, &cells[person], &cells[account], &cells[stamp]) {
                rows.push(row);
            }
        }
        rows
    }

    fn row(
        &mut self,
        app: &TableCell,
        person: &TableCell,
        account: &TableCell,
        decision: &TableCell,
        until: Option<&TableCell>,
        reason: Option<&TableCell>,
    ) -> Option<Row> {
        let name = AppName::new(app.text.as_str());
        if !self.known.links.contains_key(&name) {
            let near = nearest(&app.text, self.known.links.keys().map(AppName::as_str));
            let hint = near.map_or(String::new(), |near| format!("; did you mean `{near}`?"));
            self.report(app.place(), format!("there is no app `{}` in the configuration{hint}", app.text));
            return None;
        }
        let Some(word) = CaseWord::read(&decision.text) else {
            let near = nearest(&decision.text, CaseWord::ALL.iter().map(|(name, _)| *name));
            let hint = near.map_or(String::new(), |near| format!("; did you mean `{near}`?"));
            let text = format!("`{}` is no decision: expected `link`, `new` or `ignore`{hint}", decision.text);
            self.report(decision.place(), text);
            return None;
        };
        let mut last = None;
        if let Some(until) = until {
            match (word, until.text.parse::<Date>()) {
                (CaseWord::Ignore, Ok(day)) if day > self.known.today => last = Some(day),
                (CaseWord::Ignore, Ok(day)) => {
                    self.report(until.place(), format!("{day} is not to come: expected a day later than today"));
                    return None;
                }
                (CaseWord::Ignore, Err(_)) => {
                    self.report(until.place(), format!("`{}` is no day: expected one as 2027-01-31", until.text));
                    return None;
                }
                _ => {
                    self.report(until.place(), format!("`{}` has no end: expected nothing here", word.name()));
                    return None;
                }
            }
        }
        Some(Row {
            line: decision.line,
            app: name,
            person: PersonId::new(person.text.as_str()),
            account: AccountId::new(account.text.as_str()),
            word,
            until: last,
            reason: reason.map(|cell| cell.text.clone()),
        })
    }

    /// Whether the row is about an open case, and about what it showed.
    fn is_open(&mut self, row: &Row, person: &TableCell, account: &TableCell, stamp: &TableCell) -> bool {
        let known = self.known;
        let Some(open) = known.open.get(&(row.app.clone(), row.person.clone(), row.account.clone())) else {
            let (cell, text) = if known.candidates(&row.app, &row.person).next().is_none() {
                (person, format!("no case of `{}` is open on {}{}", row.person, row.app, self.guess(row)))
            } else {
                let ids: Vec<&str> = known.candidates(&row.app, &row.person).map(|one| one.account.as_str()).collect();
                (account, format!("`{}` could not be the account of {}: expected {}", row.account, row.person, ids.join(" or ")))
            };
            self.report(cell.place(), format!("{text}; write the cases anew with `innkeeper cases --out FILE`"));
            return false;
        };
        if open.stamp != stamp.text {
            let text = format!(
                "{} or the account {} has changed since the file was written: look at them again with `innkeeper cases --out FILE`",
                open.name, open.account_name
            );
            self.report(stamp.place(), text);
            return false;
        }
        if row.word == CaseWord::New && open.linked {
            let text = format!("{} has several accounts that are linked: expected `link` for the one that is theirs", open.name);
            self.report(person.place(), text);
            return false;
        }
        true
    }

    /// The nearest of the people who have an open case on the app, while there are few problems.
    fn guess(&self, row: &Row) -> String {
        if self.problems.len() >= GUESSED {
            return String::new();
        }
        let people = self.known.open.values().filter(|one| one.app == row.app).map(|one| one.person.as_str());
        let near = nearest(row.person.as_str(), people);
        near.map_or(String::new(), |near| format!("; did you mean `{near}`?"))
    }

    /// Rows that cannot both be so.
    fn clashes(&mut self, rows: &[Row]) {
        let mut by_person: BTreeMap<(&AppName, &PersonId), &Row> = BTreeMap::new();
        let mut by_account: BTreeMap<(&AppName, &AccountId), &Row> = BTreeMap::new();
        let mut problems = Vec::new();
        for row in rows {
            let first = by_person.entry((&row.app, &row.person)).or_insert(row);
            let differ = first.word != row.word
                || (row.word == CaseWord::Link && first.account != row.account)
                || (row.word == CaseWord::Ignore && first.until != row.until);
            if differ {
                problems.push((
                    row.line,
                    format!(
                        "line {} decides `{}` of {}, and here it is `{}`: expected one decision for each person",
                        first.line,
                        described(first),
                        row.person,
                        described(row)
                    ),
                ));
                continue;
            }
            if row.word == CaseWord::Link {
                let first = by_account.entry((&row.app, &row.account)).or_insert(row);
                if first.person != row.person {
                    problems.push((
                        row.line,
                        format!(
                            "line {} gives the account {} to {}, and here it is {}'s: expected one person for each account",
                            first.line, row.account, first.person, row.person
                        ),
                    ));
                }
            }
        }
        for (line, text) in problems {
            self.report((line, 1), text);
        }
    }
}

fn described(row: &Row) -> String {
    match (row.word, row.until) {
        (CaseWord::Link, _) => format!("link {}", row.account),
        (CaseWord::Ignore, Some(until)) => format!("ignore until {until}"),
        (word, _) => word.name().to_owned(),
    }
}

#[cfg(test)]
mod tests;
