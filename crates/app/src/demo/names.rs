//! Names of invented people and companies, combined at random from common ones. Bulgarian ones also in Cyrillic.

use super::dice::Dice;

/// A name in Latin script and, where the bearer is Bulgarian, in Cyrillic (otherwise empty).
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Name {
    pub latin: String,
    pub bulgarian: String,
}

type Pair = (&'static str, &'static str);

const BG_MEN: &[Pair] = &[
    ("Ivan", "Иван"),
    ("Georgi", "Георги"),
    ("Dimitar", "Димитър"),
    ("Petar", "Петър"),
    ("Nikolay", "Николай"),
    ("Hristo", "Христо"),
    ("Stefan", "Стефан"),
    ("Todor", "Тодор"),
    ("Plamen", "Пламен"),
    ("Kiril", "Кирил"),
    ("Boyan", "Боян"),
    ("Asen", "Асен"),
];
const BG_WOMEN: &[Pair] = &[
    ("Maria", "Мария"),
    ("Elena", "Елена"),
    ("Desislava", "Десислава"),
    ("Yana", "Яна"),
    ("Rositsa", "Росица"),
    ("Teodora", "Теодора"),
    ("Galina", "Галина"),
    ("Viktoria", "Виктория"),
    ("Nevena", "Невена"),
    ("Silvia", "Силвия"),
    ("Radka", "Радка"),
    ("Milena", "Милена"),
];
/// Without the last letter of a woman's name.
const BG_FAMILIES: &[Pair] = &[
    ("Ivanov", "Иванов"),
    ("Petrov", "Петров"),
    ("Dimitrov", "Димитров"),
    ("Nikolov", "Николов"),
    ("Stoyanov", "Стоянов"),
    ("Todorov", "Тодоров"),
    ("Iliev", "Илиев"),
    ("Vasilev", "Василев"),
    ("Atanasov", "Атанасов"),
    ("Kolev", "Колев"),
    ("Marinov", "Маринов"),
    ("Yordanov", "Йорданов"),
    ("Angelov", "Ангелов"),
    ("Popov", "Попов"),
    ("Simeonov", "Симеонов"),
    ("Rusev", "Русев"),
];
const RO_GIVEN: &[&str] = &["Andrei", "Mihai", "Radu", "Ioana", "Elena", "Cristina", "Vlad", "Ana", "Florin", "Raluca"];
const RO_FAMILIES: &[&str] = &[
    "Popescu", "Ionescu", "Dumitru", "Stan", "Munteanu", "Matei", "Marin", "Dinu", "Lazar", "Florea", "Neagu", "Toma",
];
const GR_GIVEN: &[&str] = &["Giorgos", "Nikos", "Kostas", "Dimitris", "Vasilis", "Petros", "Christos", "Stavros"];
const GR_FAMILIES: &[&str] =
    &["Papadopoulos", "Nikolaidis", "Georgiou", "Dimou", "Vlachos", "Pappas", "Makris", "Karras"];
const MK_GIVEN: &[&str] = &["Aleksandar", "Goran", "Marija", "Vesna", "Zoran", "Biljana", "Igor", "Elena"];
const MK_FAMILIES: &[&str] =
    &["Stojanovski", "Petrovski", "Nikolovski", "Trajkovski", "Angelovski", "Ristovski", "Jovanovski", "Dimovski"];
const RS_GIVEN: &[&str] =
    &["Marko", "Nikola", "Jelena", "Milica", "Dragan", "Ana", "Stefan", "Ivana", "Milos", "Vesna"];
const RS_FAMILIES: &[&str] =
    &["Jovanovic", "Petrovic", "Nikolic", "Markovic", "Djordjevic", "Ilic", "Pavlovic", "Savic"];
const TR_GIVEN: &[&str] = &["Mehmet", "Ahmet", "Ayse", "Fatma", "Mustafa", "Zeynep", "Emre", "Elif", "Murat", "Selin"];
const TR_FAMILIES: &[&str] =
    &["Yilmaz", "Kaya", "Demir", "Celik", "Sahin", "Yildiz", "Aydin", "Arslan", "Dogan", "Koc"];

/// A person of the country.
pub fn person(dice: &mut Dice, country: &str) -> Name {
    let (given, families) = match country {
        "RO" => (RO_GIVEN, RO_FAMILIES),
        "GR" => (GR_GIVEN, GR_FAMILIES),
        "MK" => (MK_GIVEN, MK_FAMILIES),
        "RS" => (RS_GIVEN, RS_FAMILIES),
        "TR" => (TR_GIVEN, TR_FAMILIES),
        _ => return bulgarian(dice),
    };
    let given = *dice.pick(given);
    let mut family = (*dice.pick(families)).to_owned();
    if country == "MK" && given.ends_with('a') {
        family.pop();
        family.push('a');
    }
    Name { latin: format!("{given} {family}"), bulgarian: String::new() }
}

fn bulgarian(dice: &mut Dice) -> Name {
    let woman = dice.chance(0.5);
    let (given, given_bg) = *dice.pick(if woman { BG_WOMEN } else { BG_MEN });
    let (family, family_bg) = *dice.pick(BG_FAMILIES);
    let (end, end_bg) = if woman { ("a", "а") } else { ("", "") };
    Name { latin: format!("{given} {family}{end}"), bulgarian: format!("{given_bg} {family_bg}{end_bg}") }
}

const BG_WORDS: &[Pair] = &[
    ("Rhodope", "Родопи"),
    ("Balkan", "Балкан"),
    ("Thrace", "Тракия"),
    ("Pirin", "Пирин"),
    ("Rila", "Рила"),
    ("Maritsa", "Марица"),
    ("Danube", "Дунав"),
    ("Vitosha", "Витоша"),
    ("Dobrudzha", "Добруджа"),
    ("Strandzha", "Странджа"),
    ("Iskar", "Искър"),
    ("Perun", "Перун"),
    ("Zora", "Зора"),
    ("Izvor", "Извор"),
];
const WORDS: &[(&str, &[&str])] = &[
    ("RO", &["Carpati", "Dacia", "Muntenia", "Olt", "Bucegi", "Prahova", "Siret", "Mures", "Codru", "Aurora"]),
    ("GR", &["Olympos", "Aegean", "Pindos", "Hellas", "Macedon", "Delta", "Kastro", "Helios", "Thessalia"]),
    ("MK", &["Vardar", "Shara", "Pelister", "Galichica", "Povardarie", "Osogovo", "Kozuf"]),
    ("RS", &["Morava", "Sumadija", "Zlatibor", "Kopaonik", "Banat", "Drina", "Avala", "Fruska"]),
    ("TR", &["Trakya", "Meric", "Anadolu", "Marmara", "Ergene", "Yildiz", "Bosphorus"]),
];

/// What the customer is, in English and Bulgarian, for the industry.
fn trade(industry: &str) -> Pair {
    match industry {
        "retail" => ("Foods", "Храни"),
        "hospitality" => ("Hotels", "Хотели"),
        "bakery" => ("Bakery", "Хлебозавод"),
        "dairy" => ("Dairy", "Мандра"),
        "meat" => ("Meat", "Месокомбинат"),
        "beverages" => ("Drinks", "Напитки"),
        "healthcare" => ("Hospital", "Болница"),
        "education" => ("School", "Училище"),
        "pharma" => ("Pharma", "Фарма"),
        _ => ("Cold Logistics", "Хладилна логистика"),
    }
}

/// A company of the country and industry.
pub fn company(dice: &mut Dice, country: &str, industry: &str) -> Name {
    let (what, what_bg) = trade(industry);
    if country == "BG" {
        let (word, word_bg) = *dice.pick(BG_WORDS);
        let (form, form_bg) = *dice.pick(&[("OOD", "ООД"), ("EOOD", "ЕООД"), ("AD", "АД")]);
        return Name {
            latin: format!("{word} {what} # {form}"),
            bulgarian: format!("{what_bg} {word_bg} # {form_bg}"),
        };
    }
    let words = WORDS.iter().find(|(code, _)| *code == country).map_or(WORDS[0].1, |(_, words)| words);
    let form = match country {
        "RO" => *dice.pick(&["SRL", "SA"]),
        "GR" => *dice.pick(&["EPE", "AE"]),
        "MK" => "DOOEL",
        "RS" => "DOO",
        _ => *dice.pick(&["Ltd Sti", "AS"]),
    };
    Name { latin: format!("{} {what} # {form}", dice.pick(words)), bulgarian: String::new() }
}

/// A public institution of the city.
pub fn institution(country: &str, industry: &str, city: &str, city_bg: &str) -> Name {
    let (what, what_bg) = match industry {
        "healthcare" | "education" => trade(industry),
        _ => ("Municipal Kitchen", "Общинска кухня"),
    };
    let bulgarian = if country == "BG" { format!("{what_bg} {city_bg} #") } else { String::new() };
    Name { latin: format!("{what} {city} #"), bulgarian }
}

/// A sole trader: a private person.
pub fn sole_trader(dice: &mut Dice, country: &str) -> Name {
    let person = person(dice, country);
    match country {
        "BG" => Name { latin: format!("ET {} #", person.latin), bulgarian: format!("ЕТ {} #", person.bulgarian) },
        "RO" => Name { latin: format!("PFA {} #", person.latin), ..person },
        _ => Name { latin: format!("{} #", person.latin), ..person },
    }
}

const BRANDS: &[Pair] = &[
    ("Sunflower", "Слънчоглед"),
    ("Lavender", "Лавандула"),
    ("Good Basket", "Добра кошница"),
    ("Three Pines", "Три бора"),
    ("Blue Door", "Синя врата"),
    ("Corner", "Ъгъл"),
    ("Old Mill", "Стара мелница"),
    ("Fresh Way", "Свеж път"),
    ("Harvest", "Жътва"),
    ("White Stork", "Бял щъркел"),
    ("Silver Spoon", "Сребърна лъжица"),
    ("Morning", "Утро"),
    ("Four Seasons Kitchen", "Кухня Четири сезона"),
    ("Walnut", "Орех"),
];

/// The brand of a chain of shops (`retail`) or restaurants.
pub fn brand(number: usize, industry: &str) -> Name {
    let (brand, brand_bg) = BRANDS[number % BRANDS.len()];
    let (what, what_bg) =
        if industry == "retail" { ("Market", "Маркет") } else { ("Restaurants", "Ресторанти") };
    let again = if number < BRANDS.len() { String::new() } else { format!(" {}", number / BRANDS.len() + 1) };
    Name { latin: format!("{brand}{again} {what}"), bulgarian: format!("{brand_bg}{again} {what_bg}") }
}

/// Puts a number for the mark `#` into a name that others have already, and nothing into the first.
pub fn number(name: &mut Name, times: usize) {
    let with = |text: &str| {
        let mark = if times > 1 { times.to_string() } else { String::new() };
        text.replace('#', &mark).split_whitespace().collect::<Vec<_>>().join(" ")
    };
    name.latin = with(&name.latin);
    name.bulgarian = with(&name.bulgarian);
}
