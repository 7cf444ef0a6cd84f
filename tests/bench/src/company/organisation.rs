//! What a company is divided into: departments, divisions, sites and cost centres, each with a long tail.

/// Departments, the largest first, with what most people in them are and the division that they belong to.
pub(super) const DEPARTMENTS: &[(&str, &str, &str)] = &[
    ("Engineering", "Software Engineer", "Product"),
    ("Sales", "Account Executive", "Revenue"),
    ("Operations", "Operations Specialist", "Operations"),
    ("Customer Support", "Support Specialist", "Revenue"),
    ("Marketing", "Marketing Manager", "Revenue"),
    ("Finance", "Accountant", "Corporate"),
    ("Professional Services", "Consultant", "Revenue"),
    ("IT", "Systems Administrator", "Corporate"),
    ("People", "People Partner", "Corporate"),
    ("Product Management", "Product Manager", "Product"),
    ("Design", "Product Designer", "Product"),
    ("Data", "Data Analyst", "Product"),
    ("Legal", "Counsel", "Corporate"),
    ("Security", "Security Engineer", "Product"),
    ("Procurement", "Buyer", "Operations"),
    ("Facilities", "Facilities Coordinator", "Operations"),
    ("Quality", "Quality Engineer", "Product"),
    ("Research & Development", "Researcher", "Product"),
    ("Communications", "Editor", "Corporate"),
    ("Internal Audit", "Auditor", "Corporate"),
    ("Corporate Development", "Analyst", "Corporate"),
    ("Workplace Safety", "Safety Officer", "Operations"),
    ("Translation", "Translator", "Operations"),
    ("Office of the CEO", "Assistant", "Corporate"),
];

/// Sites, the largest first, with their country.
pub(super) const SITES: &[(&str, &str)] = &[
    ("Bengaluru", "IN"),
    ("London", "GB"),
    ("New York", "US"),
    ("Berlin", "DE"),
    ("Kraków", "PL"),
    ("Singapore", "SG"),
    ("Austin", "US"),
    ("Toronto", "CA"),
    ("Paris", "FR"),
    ("Lisboa", "PT"),
    ("Dublin", "IE"),
    ("東京", "JP"),
    ("São Paulo", "BR"),
    ("Sydney", "AU"),
    ("Madrid", "ES"),
    ("Київ", "UA"),
    ("서울", "KR"),
    ("上海", "CN"),
    ("Amsterdam", "NL"),
    ("Zürich", "CH"),
    ("תל אביב", "IL"),
    ("دبي", "AE"),
    ("Αθήνα", "GR"),
    ("İstanbul", "TR"),
    ("Reykjavík", "IS"),
    ("Nairobi", "KE"),
    ("Ciudad de México", "MX"),
    ("Hà Nội", "VN"),
    ("Århus", "DK"),
    ("Auckland", "NZ"),
];

/// How many cost centres there are.
pub(super) const COST_CENTRES: usize = 200;

/// Chance with a long tail: the first of `count` comes twice as often as the second, three times as often as the third.
/// Whole numbers, so that it is the same on every machine.
pub(super) struct LongTail {
    /// Where the share of each ends.
    ends: Vec<u64>,
}

impl LongTail {
    pub(super) fn of(count: usize) -> Self {
        let shares = (1..=count as u64).map(|rank| 1_000_000 / rank);
        let ends = shares.scan(0, |sum, share| {
            *sum += share;
            Some(*sum)
        });
        Self { ends: ends.collect() }
    }

    /// The place that this chance means.
    pub(super) fn place(&self, dice: &mut innkeeper_tests::dice::Dice) -> usize {
        let drawn = dice.below(self.ends.last().copied().unwrap_or(1));
        self.ends.partition_point(|end| *end <= drawn)
    }
}
