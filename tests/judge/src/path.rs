//! Paths with placeholders.

/// One segment of a described path.
#[derive(Clone, Debug, PartialEq, Eq)]
enum Segment {
    Literal(String),
    /// A placeholder, with what stands before and behind it in the segment.
    Parameter {
        before: String,
        name: String,
        behind: String,
    },
    /// A placeholder that may have slashes in it, and ends the path.
    Rest(String),
}

/// For how many placeholders one counts that takes all the rest: a path without one is always meant before it.
const REST: usize = 100;

/// A described path.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Template(Vec<Segment>);

impl Template {
    pub(crate) fn new(path: &str) -> Self {
        Self(path.split('/').filter(|segment| !segment.is_empty()).map(Segment::new).collect())
    }

    /// The values of the placeholders, decoded, if a path is one of these. Exact segments count more than placeholders: the number of
    /// those is given with them.
    pub(crate) fn matches(&self, path: &str) -> Option<(usize, Vec<(String, String)>)> {
        let given: Vec<&str> = path.split('/').filter(|segment| !segment.is_empty()).collect();
        let (mut placeholders, mut values) = (0, Vec::new());
        for (position, segment) in self.0.iter().enumerate() {
            match (segment, given.get(position)) {
                (Segment::Literal(text), Some(given)) if decoded(given) == *text => {}
                (Segment::Parameter { before, name, behind }, Some(given)) => {
                    let value = given.strip_prefix(before.as_str())?.strip_suffix(behind.as_str())?;
                    placeholders += 1;
                    values.push((name.clone(), decoded(value)));
                }
                (Segment::Rest(name), Some(_)) => {
                    values.push((name.clone(), decoded(&given[position..].join("/"))));
                    return Some((placeholders + REST, values));
                }
                _ => return None,
            }
        }
        (given.len() == self.0.len()).then_some((placeholders, values))
    }
}

impl Segment {
    fn new(text: &str) -> Self {
        let Some((before, rest)) = text.split_once('{') else { return Self::Literal(text.to_owned()) };
        let Some((name, behind)) = rest.split_once('}') else { return Self::Literal(text.to_owned()) };
        match name.strip_prefix('+') {
            Some(name) => Self::Rest(name.to_owned()),
            None => Self::Parameter { before: before.to_owned(), name: name.to_owned(), behind: behind.to_owned() },
        }
    }
}

/// A percent-encoded segment; `+` stands for itself there.
fn decoded(segment: &str) -> String {
    let text = segment.replace('+', "%2B").replace('&', "%26").replace('=', "%3D");
    form_urlencoded::parse(text.as_bytes()).next().map(|(text, _)| text.into_owned()).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn placeholders_have_their_values_decoded() {
        let template = Template::new("/users/{id}/aliases");
        let values = vec![("id".to_owned(), "ada@x".to_owned())];
        assert_eq!(template.matches("/users/ada%40x/aliases"), Some((1, values)));
        assert_eq!(template.matches("/users/ada/keys"), None);
        assert_eq!(template.matches("/users/ada"), None);
    }

    #[test]
    fn a_placeholder_can_be_a_part_of_a_segment_or_all_the_rest() {
        let part = Template::new("/compare/{basehead}.diff").matches("/compare/a.diff");
        assert_eq!(part.map(|(_, values)| values), Some(vec![("basehead".to_owned(), "a".to_owned())]));
        let rest = Template::new("/orgunits/{+path}").matches("/orgunits/corp/sales");
        assert_eq!(rest.map(|(_, values)| values), Some(vec![("path".to_owned(), "corp/sales".to_owned())]));
    }
}
