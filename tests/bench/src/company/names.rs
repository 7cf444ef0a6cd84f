//! What people are called, by the part of the world that they were named in: as they write it, and as it stands in a login.

/// A name in its own script and in plain letters.
pub(super) type Name = (&'static str, &'static str);

/// Names that occur together.
pub(super) struct Culture {
    pub(super) given: &'static [Name],
    pub(super) family: &'static [Name],
    /// Family name first, without a space between, as in Chinese.
    pub(super) family_first: bool,
}

/// All of them, the most frequent first: how often each occurs follows the same long tail as everything else here.
pub(super) const CULTURES: &[Culture] = &[
    Culture { given: ENGLISH_GIVEN, family: ENGLISH_FAMILY, family_first: false },
    Culture { given: EUROPEAN_GIVEN, family: EUROPEAN_FAMILY, family_first: false },
    Culture { given: INDIAN_GIVEN, family: INDIAN_FAMILY, family_first: false },
    Culture { given: CHINESE_GIVEN, family: CHINESE_FAMILY, family_first: true },
    Culture { given: CYRILLIC_GIVEN, family: CYRILLIC_FAMILY, family_first: false },
    Culture { given: ARABIC_GIVEN, family: ARABIC_FAMILY, family_first: false },
    Culture { given: JAPANESE_GIVEN, family: JAPANESE_FAMILY, family_first: true },
    Culture { given: GREEK_GIVEN, family: GREEK_FAMILY, family_first: false },
    Culture { given: KOREAN_GIVEN, family: KOREAN_FAMILY, family_first: true },
    Culture { given: HEBREW_GIVEN, family: HEBREW_FAMILY, family_first: false },
];

const ENGLISH_GIVEN: &[Name] = &[
    ("Ada", "ada"),
    ("Alan", "alan"),
    ("Barbara", "barbara"),
    ("Clara", "clara"),
    ("Dorothy", "dorothy"),
    ("Grace", "grace"),
    ("Henry", "henry"),
    ("Katherine", "katherine"),
    ("Margaret", "margaret"),
    ("Mary-Ann", "maryann"),
    ("Nia", "nia"),
    ("Peter", "peter"),
    ("Rosalind", "rosalind"),
    ("Siân", "sian"),
    ("Tim", "tim"),
    ("Vera", "vera"),
];
const ENGLISH_FAMILY: &[Name] = &[
    ("Baker", "baker"),
    ("Carter", "carter"),
    ("de la Cruz", "delacruz"),
    ("Hopper", "hopper"),
    ("Johnson", "johnson"),
    ("Lovelace", "lovelace"),
    ("MacDonald", "macdonald"),
    ("O'Brien", "obrien"),
    ("Okafor", "okafor"),
    ("Smith", "smith"),
    ("Smith-Jones", "smithjones"),
    ("Taylor", "taylor"),
    ("Turing", "turing"),
    ("Williams", "williams"),
    ("Wright", "wright"),
    ("Young", "young"),
];
const EUROPEAN_GIVEN: &[Name] = &[
    ("Émilie", "emilie"),
    ("François", "francois"),
    ("Inês", "ines"),
    ("José", "jose"),
    ("Jürgen", "jurgen"),
    ("Łukasz", "lukasz"),
    ("Małgorzata", "malgorzata"),
    ("Óscar", "oscar"),
    ("Şebnem", "sebnem"),
    ("Søren", "soren"),
    ("Þóra", "thora"),
    ("Zoë", "zoe"),
];
const EUROPEAN_FAMILY: &[Name] = &[
    ("Bergström", "bergstrom"),
    ("Castillo", "castillo"),
    ("Dvořák", "dvorak"),
    ("García", "garcia"),
    ("Guðmundsdóttir", "gudmundsdottir"),
    ("Kowalski", "kowalski"),
    ("Müller", "muller"),
    ("Nagy", "nagy"),
    ("Rossi", "rossi"),
    ("van den Berg", "vandenberg"),
    ("Wójcik", "wojcik"),
    ("Yılmaz", "yilmaz"),
];
const INDIAN_GIVEN: &[Name] = &[
    ("आदित्य", "aditya"),
    ("Anjali", "anjali"),
    ("दीपा", "deepa"),
    ("Karthik", "karthik"),
    ("Priya", "priya"),
    ("राहुल", "rahul"),
    ("Sunita", "sunita"),
    ("Vikram", "vikram"),
];
const INDIAN_FAMILY: &[Name] = &[
    ("Banerjee", "banerjee"),
    ("गुप्ता", "gupta"),
    ("Iyer", "iyer"),
    ("Patel", "patel"),
    ("Reddy", "reddy"),
    ("शर्मा", "sharma"),
    ("Singh", "singh"),
    ("Venkataraman", "venkataraman"),
];
const CHINESE_GIVEN: &[Name] = &[
    ("伟", "wei"),
    ("秀英", "xiuying"),
    ("娜", "na"),
    ("敏", "min"),
    ("静", "jing"),
    ("建国", "jianguo"),
    ("晓明", "xiaoming"),
    ("雪", "xue"),
];
const CHINESE_FAMILY: &[Name] = &[
    ("王", "wang"),
    ("李", "li"),
    ("张", "zhang"),
    ("刘", "liu"),
    ("陈", "chen"),
    ("欧阳", "ouyang"),
    ("赵", "zhao"),
    ("周", "zhou"),
];
const CYRILLIC_GIVEN: &[Name] = &[
    ("Олена", "olena"),
    ("Дмитро", "dmytro"),
    ("Анастасія", "anastasiia"),
    ("Милица", "milica"),
    ("Пётр", "petr"),
    ("Ольга", "olga"),
];
const CYRILLIC_FAMILY: &[Name] = &[
    ("Шевченко", "shevchenko"),
    ("Коваль", "koval"),
    ("Петровић", "petrovic"),
    ("Иванова", "ivanova"),
    ("Тодоров", "todorov"),
    ("Ткаченко", "tkachenko"),
];
const ARABIC_GIVEN: &[Name] =
    &[("فاطمة", "fatima"), ("محمد", "mohammed"), ("ليلى", "layla"), ("إبراهيم", "ibrahim"), ("نور", "nour"), ("يوسف", "yousef")];
const ARABIC_FAMILY: &[Name] = &[
    ("الحسن", "alhassan"),
    ("حداد", "haddad"),
    ("منصور", "mansour"),
    ("النجار", "alnajjar"),
    ("خوري", "khoury"),
    ("سليم", "salim"),
];
const JAPANESE_GIVEN: &[Name] =
    &[("陽子", "yoko"), ("健太", "kenta"), ("さくら", "sakura"), ("翔", "sho"), ("ユキ", "yuki"), ("直樹", "naoki")];
const JAPANESE_FAMILY: &[Name] =
    &[("佐藤", "sato"), ("鈴木", "suzuki"), ("高橋", "takahashi"), ("渡辺", "watanabe"), ("伊藤", "ito"), ("小林", "kobayashi")];
const GREEK_GIVEN: &[Name] = &[("Ελένη", "eleni"), ("Γιώργος", "giorgos"), ("Μαρία", "maria"), ("Νίκος", "nikos")];
const GREEK_FAMILY: &[Name] =
    &[("Παπαδόπουλος", "papadopoulos"), ("Βασιλείου", "vasileiou"), ("Γεωργίου", "georgiou"), ("Οικονόμου", "oikonomou")];
const KOREAN_GIVEN: &[Name] = &[("지우", "jiwoo"), ("민준", "minjun"), ("서연", "seoyeon"), ("하준", "hajun")];
const KOREAN_FAMILY: &[Name] = &[("김", "kim"), ("이", "lee"), ("박", "park"), ("최", "choi")];
const HEBREW_GIVEN: &[Name] = &[("נועה", "noa"), ("איתי", "itai"), ("תמר", "tamar"), ("דוד", "david")];
const HEBREW_FAMILY: &[Name] = &[("כהן", "cohen"), ("לוי", "levi"), ("מזרחי", "mizrahi"), ("פרץ", "peretz")];
