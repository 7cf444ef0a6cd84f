//! Reading all sources and putting their people together.

use crate::error::EngineError;
use crate::listing::{self, Allowance, Expectation};
use crate::progress::{Event, Progress};
use crate::retry::Patience;
use crate::roster::{self, Contribution};
use crate::systems::Systems;
use crate::target::Target;
use innkeeper_domain::{
    AttributeName, Completeness, ErrorCode, Failure, PeopleSnapshot, Person, PersonId, PersonRecord, Scalar, Snapshot,
    SnapshotId, SourceName, SourceSeen,
};
use innkeeper_policy::{ConnectorSource, CsvSource, PeopleProblem, Source, SourceKind};
use innkeeper_store::{Absence, Listing, Store};
use jiff::Timestamp;
use jiff::tz::TimeZone;
use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

/// By how many percent a source may shrink between two readings and still be believed. People leave one by one; an export that
/// lost a third of them is broken.
pub(crate) const MAX_SHRINK_PERCENT: u8 = 20;

/// Everybody, with what is odd about them.
#[derive(Debug, Default)]
pub(crate) struct Population {
    pub(crate) people: Vec<Person>,
    pub(crate) problems: Vec<PeopleProblem>,
    /// Whether every source was read completely.
    pub(crate) complete: bool,
    /// What each source showed.
    pub(crate) seen: BTreeMap<SourceName, SourceSeen>,
    /// What spoils a source.
    pub(crate) spoiled: Vec<(SourceName, String)>,
    /// What is wrong with single records.
    pub(crate) broken: Vec<String>,
    /// Who is missing from a source and still counts as present.
    pub(crate) missing: BTreeSet<PersonId>,
}

/// How to read the sources.
pub(crate) struct Reading<'a> {
    pub(crate) directory: &'a Path,
    pub(crate) systems: &'a dyn Systems,
    pub(crate) store: &'a dyn Store,
    pub(crate) zone: &'a TimeZone,
    pub(crate) patience: Patience,
    pub(crate) progress: &'a dyn Progress,
    pub(crate) now: Timestamp,
    /// Sources that may have shrunk as much as they like.
    pub(crate) accept_shrink: &'a BTreeSet<String>,
    /// The sources that are read; the others are as they were last read. None: all.
    pub(crate) due: Option<&'a BTreeSet<SourceName>>,
}

/// What one source showed.
struct Shown {
    records: Vec<PersonRecord>,
    completeness: Completeness,
    broken: Vec<String>,
}

/// One reading of a source, for the plan that is made of it.
fn seen(name: &SourceName, snapshot: &PeopleSnapshot) -> SourceSeen {
    let people = snapshot.content.len();
    let id = SnapshotId::of(name.as_str(), snapshot.taken, [(people, &snapshot.completeness)]);
    SourceSeen { snapshot: id, people }
}

impl Reading<'_> {
    /// Reads all sources, remembers what they show, and merges it.
    pub(crate) async fn read<'s>(&self, sources: impl Iterator<Item = &'s Source>) -> Result<Population, EngineError> {
        let mut population = Population { complete: true, ..Population::default() };
        let mut contributions = Vec::new();
        for source in sources {
            let before = self.store.complete_people(&source.name).await?;
            if self.due.is_some_and(|due| !due.contains(&source.name))
                && let Some(snapshot) = self.store.people(&source.name).await?
            {
                population.seen.insert(source.name.clone(), seen(&source.name, &snapshot));
                if let Completeness::Incomplete { why } = &snapshot.completeness {
                    population.complete = false;
                    population.spoiled.push((source.name.clone(), why.clone()));
                }
                contributions.push(self.contribution(source, &snapshot, before).await?);
                continue;
            }
            let shown = self.source(source, before.as_ref()).await?;
            population.broken.extend(shown.broken);
            if let Completeness::Incomplete { why } = &shown.completeness {
                population.complete = false;
                population.spoiled.push((source.name.clone(), why.clone()));
            }
            let snapshot = Snapshot { taken: self.now, completeness: shown.completeness, content: shown.records };
            population.seen.insert(source.name.clone(), seen(&source.name, &snapshot));
            self.store.save_people(&source.name, &snapshot).await?;
            contributions.push(self.contribution(source, &snapshot, before).await?);
            self.progress.event(Event::ReadAll { from: source.name.as_str() });
        }
        Ok(merge(population, contributions))
    }

    /// Everybody as last read; none if a source was never read.
    pub(crate) async fn remembered<'s>(
        &self,
        sources: impl Iterator<Item = &'s Source>,
    ) -> Result<Option<Population>, EngineError> {
        let mut population = Population { complete: true, ..Population::default() };
        let mut contributions = Vec::new();
        for source in sources {
            let Some(snapshot) = self.store.people(&source.name).await? else { return Ok(None) };
            let before = self.store.complete_people(&source.name).await?;
            population.seen.insert(source.name.clone(), seen(&source.name, &snapshot));
            population.complete &= snapshot.is_complete();
            contributions.push(self.contribution(source, &snapshot, before).await?);
        }
        Ok(Some(merge(population, contributions)))
    }

    /// Everybody as last read, with one source as a file would show it if it were read next. Remembers nothing. A source that was never
    /// read contributes nobody, and makes the whole incomplete.
    pub(crate) async fn supposed<'s>(
        &self,
        sources: impl Iterator<Item = &'s Source>,
        instead: Option<(&SourceName, &Path)>,
    ) -> Result<Population, EngineError> {
        let mut population = Population { complete: true, ..Population::default() };
        let mut contributions = Vec::new();
        for source in sources {
            let file = instead.filter(|(name, _)| **name == source.name).map(|(_, file)| file);
            let before = self.store.complete_people(&source.name).await?;
            let mut absences = self.store.absent_people(&source.name).await?;
            let snapshot = match file {
                Some(file) => {
                    let shown = self.file(source, file, before.as_ref()).await?;
                    population.broken.extend(shown.broken);
                    let snapshot = Snapshot { taken: self.now, completeness: shown.completeness, content: shown.records };
                    if snapshot.is_complete() {
                        grow_absences(&mut absences, &snapshot, before.as_ref());
                    }
                    Some(snapshot)
                }
                None => self.store.people(&source.name).await?,
            };
            let Some(snapshot) = snapshot else {
                population.complete = false;
                population.spoiled.push((source.name.clone(), "it was never read".to_owned()));
                continue;
            };
            population.seen.insert(source.name.clone(), seen(&source.name, &snapshot));
            if let Completeness::Incomplete { why } = &snapshot.completeness {
                population.complete = false;
                population.spoiled.push((source.name.clone(), why.clone()));
            }
            contributions.push(roster::contribution(&snapshot, before, absences, self.zone, source.vanish_after));
        }
        Ok(merge(population, contributions))
    }

    /// What a source would show if it had this file.
    async fn file(&self, source: &Source, file: &Path, before: Option<&PeopleSnapshot>) -> Result<Shown, EngineError> {
        let SourceKind::Csv(csv) = &source.kind else {
            let message = "its people come through a connector; a file can stand in for one with the connector `csv`".to_owned();
            return Err(EngineError::SourceFile { source_name: source.name.clone(), message });
        };
        let csv = CsvSource { path: file.display().to_string(), ..csv.clone() };
        let supposed = Source { kind: SourceKind::Csv(csv), ..source.clone() };
        self.source(&supposed, before).await
    }

    async fn contribution(
        &self,
        source: &Source,
        snapshot: &PeopleSnapshot,
        before: Option<PeopleSnapshot>,
    ) -> Result<Contribution, EngineError> {
        let absences = self.store.absent_people(&source.name).await?;
        Ok(roster::contribution(snapshot, before, absences, self.zone, source.vanish_after))
    }

    async fn source(&self, source: &Source, before: Option<&PeopleSnapshot>) -> Result<Shown, EngineError> {
        let last = self.store.last_complete_count(&Listing::People(source.name.clone())).await?.map(|count| count.count);
        let accept = self.accept_shrink.contains(source.name.as_str());
        let expectation = Expectation { last, own: 0, max_shrink_percent: (!accept).then_some(MAX_SHRINK_PERCENT) };
        match &source.kind {
            SourceKind::Csv(csv) => {
                let absent = self.store.absent_people(&source.name).await?;
                let before = before.map(|before| before.content.as_slice()).unwrap_or_default();
                let known: Vec<&PersonRecord> = before.iter().chain(absent.values().map(|absence| &absence.record)).collect();
                self.csv(&source.name, csv, &known, expectation)
            }
            SourceKind::Connector(connector) => {
                let target = self
                    .systems
                    .source(source.name.as_str(), connector)
                    .map_err(|error| EngineError::Connect { name: source.name.to_string(), error: Box::new(error) })?;
                let failed = |failure| EngineError::Source { source_name: source.name.clone(), failure };
                self.connector(&source.name, connector, target.as_ref(), expectation).await.map_err(failed)
            }
        }
    }

    fn csv(
        &self,
        name: &SourceName,
        csv: &CsvSource,
        known: &[&PersonRecord],
        expectation: Expectation,
    ) -> Result<Shown, EngineError> {
        let failed = |message: String| EngineError::SourceFile { source_name: name.clone(), message };
        let path = self.directory.join(&csv.path);
        let bytes = std::fs::read(&path).map_err(|error| failed(format!("{}: {error}", path.display())))?;
        let options = innkeeper_source::csv::Options {
            key: csv.key.clone(),
            encoding: csv.encoding.clone(),
            delimiter: csv.delimiter,
            date_format: csv.date_format.clone(),
            columns: csv.columns.iter().map(|(header, attribute)| (header.clone(), attribute.clone())).collect(),
        };
        let reading =
            innkeeper_source::csv::read(&bytes, &csv.path, name, &options).map_err(|error| failed(error.to_string()))?;
        let mut records = reading.records;
        // Somebody whose row cannot be read is as they were when it could.
        let broken = |record: &&&PersonRecord| reading.broken.contains(&record.id);
        records.extend(known.iter().filter(broken).map(|record| (*record).clone()));
        let completeness = if !reading.complete {
            Completeness::Incomplete { why: "there is a row of which nobody knows whose it is".into() }
        } else {
            expectation
                .contradicts(records.len(), "people")
                .map_or(Completeness::Complete, |why| Completeness::Incomplete { why })
        };
        self.progress.event(Event::Read { from: name.as_str(), what: "people", read: records.len(), total: None });
        let broken = reading.problems.iter().map(ToString::to_string).collect();
        Ok(Shown { records, completeness, broken })
    }

    async fn connector(
        &self,
        name: &SourceName,
        source: &ConnectorSource,
        target: &dyn Target,
        expectation: Expectation,
    ) -> Result<Shown, Failure> {
        let page = |cursor: Option<String>| async move { target.list_people(cursor.as_deref()).await };
        let report = |read, total| self.progress.event(Event::Read { from: name.as_str(), what: "people", read, total });
        let key = |record: &PersonRecord| record.id.clone();
        let listing = listing::read_all("people", expectation, self.patience, &Allowance::new(), key, page, report).await?;
        let (records, broken) = rekey(name, listing.items, source.key.as_ref())?;
        let completeness = match listing.completeness {
            Completeness::Complete if !broken.is_empty() => {
                Completeness::Incomplete { why: "a record has no key, so that nobody knows whose it is".into() }
            }
            completeness => completeness,
        };
        Ok(Shown { records, completeness, broken })
    }
}

/// Counts who would be absent once more, or for the first time, as the store does when a complete snapshot is saved.
fn grow_absences(absences: &mut BTreeMap<PersonId, Absence>, now: &PeopleSnapshot, before: Option<&PeopleSnapshot>) {
    let present: BTreeSet<&PersonId> = now.content.iter().map(|record| &record.id).collect();
    absences.values_mut().for_each(|absence| absence.times += 1);
    for record in before.iter().flat_map(|before| &before.content).filter(|record| !present.contains(&record.id)) {
        let first = Absence { first: now.taken, times: 1, record: record.clone() };
        absences.entry(record.id.clone()).or_insert(first);
    }
}

/// Gives every record the key that the configuration names, and the source that it came from.
fn rekey(
    source: &SourceName,
    records: Vec<PersonRecord>,
    key: Option<&AttributeName>,
) -> Result<(Vec<PersonRecord>, Vec<String>), Failure> {
    let mut keyed = Vec::with_capacity(records.len());
    let mut broken = Vec::new();
    let mut seen: BTreeSet<PersonId> = BTreeSet::new();
    let mut keys: BTreeMap<String, PersonId> = BTreeMap::new();
    for mut record in records {
        record.origin.source = source.clone();
        if let Some(key) = key {
            let value = record.attributes.get(key).and_then(|values| values.first()).map(|value| value.scalar.clone());
            match value {
                Some(Scalar::Text(text)) if !text.is_empty() => record.id = PersonId::new(text),
                Some(Scalar::Integer(number)) => record.id = PersonId::new(number.to_string()),
                _ => {
                    broken.push(format!("{source}: the record {} has no {key} and is left out", record.origin.record));
                    continue;
                }
            }
        }
        keys.insert(record.origin.record.to_string(), record.id.clone());
        if !seen.insert(record.id.clone()) {
            let message = format!("two records have the key {}: no key may come twice", record.id);
            return Err(Failure::new(ErrorCode::MalformedResponse, message));
        }
        keyed.push(record);
    }
    // The source names managers by its own keys.
    for value in keyed.iter_mut().filter_map(|record| record.attributes.get_mut("manager")).flatten() {
        if let Some(key) = keys.get(&value.scalar.to_string()) {
            value.scalar = Scalar::Text(key.as_text().clone());
        }
    }
    Ok((keyed, broken))
}

fn merge(mut population: Population, contributions: Vec<Contribution>) -> Population {
    let mut left = Vec::new();
    let mut records = Vec::new();
    for contribution in contributions {
        population.missing.extend(contribution.missing);
        left.push(contribution.left);
        records.push(contribution.records);
    }
    // Somebody has left when every source that ever had them has lost them.
    let mut present: BTreeSet<PersonId> = BTreeSet::new();
    for (records, left) in records.iter().zip(&left) {
        present.extend(records.iter().map(|record| &record.id).filter(|id| !left.contains_key(*id)).cloned());
    }
    let merged = innkeeper_policy::merge(records);
    population.people = merged.people;
    population.problems = merged.problems;
    for person in &mut population.people {
        if !present.contains(&person.id) {
            person.closed_since = left.iter().filter_map(|left| left.get(&person.id)).max().copied();
        }
    }
    population
}

#[cfg(test)]
mod tests {
    use super::*;
    use innkeeper_domain::{Attributes, Origin, Value};

    fn record(id: &str, number: Option<&str>, manager: Option<&str>) -> PersonRecord {
        let values = [("employeeNumber", number), ("manager", manager)];
        let known = values.into_iter().filter_map(|(name, value)| Some((name.into(), vec![Value::plain(value?)])));
        PersonRecord {
            id: PersonId::new(id),
            attributes: known.collect::<Attributes>(),
            active: None,
            restricted: BTreeSet::new(),
            origin: Origin { source: "scim".into(), record: id.into(), place: None },
        }
    }

    #[test]
    fn people_and_their_managers_get_the_key_that_the_configuration_names() {
        let records = vec![record("a", Some("1"), None), record("b", Some("2"), Some("a"))];
        let (keyed, broken) = rekey(&"directory".into(), records, Some(&"employeeNumber".into())).unwrap();
        assert!(broken.is_empty());
        assert_eq!(keyed.iter().map(|record| record.id.as_str()).collect::<Vec<_>>(), ["1", "2"]);
        assert_eq!(keyed[1].attributes["manager"], vec![Value::plain("1")]);
        assert_eq!(keyed[1].origin.source.as_str(), "directory");
    }

    #[test]
    fn a_record_without_the_key_is_named_and_a_key_that_comes_twice_is_refused() {
        let key = "employeeNumber".into();
        let (keyed, broken) = rekey(&"hr".into(), vec![record("a", None, None)], Some(&key)).unwrap();
        assert_eq!(
            (keyed.len(), broken.as_slice()),
            (0, ["hr: the record a has no employeeNumber and is left out".to_owned()].as_slice())
        );
        let twice = vec![record("a", Some("1"), None), record("b", Some("1"), None)];
        assert!(rekey(&"hr".into(), twice, Some(&key)).unwrap_err().message.contains("key 1"));
    }
}
