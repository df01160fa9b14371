//! Cities of Bulgaria and its neighbours: where the demo company's customers are.
//!
//! Names, co-ordinates and population are facts from GeoNames (<https://www.geonames.org>), licensed CC BY 4.0; Bulgarian
//! names are the usual ones. A city by the sea or on a border river also says in which direction its land lies, so that no
//! customer is put into the water.

/// A real city.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct City {
    pub name: &'static str,
    pub name_bg: &'static str,
    /// Degrees north, WGS 84.
    pub latitude: f64,
    /// Degrees east, WGS 84.
    pub longitude: f64,
    /// ISO 3166 code of the country.
    pub country: &'static str,
    pub population: u32,
    /// By the water: the bearing of the land around it, in degrees clockwise from north.
    pub land: Option<f64>,
}

impl City {
    const fn new(
        name: &'static str,
        name_bg: &'static str,
        latitude: f64,
        longitude: f64,
        country: &'static str,
        population: u32,
        land: Option<f64>,
    ) -> Self {
        City { name, name_bg, latitude, longitude, country, population, land }
    }
}

/// Co-ordinates in degrees of a point `km` away from the city in direction `bearing` (degrees clockwise from north).
/// Good to a metre in a few dozen kilometres, which is all the demo needs.
pub fn away(city: &City, km: f64, bearing: f64) -> (f64, f64) {
    let angle = bearing.to_radians();
    let latitude = city.latitude + km / KM_PER_DEGREE * angle.cos();
    let longitude = city.longitude + km / KM_PER_DEGREE * angle.sin() / city.latitude.to_radians().cos();
    (latitude, longitude)
}

/// Kilometres between two places, on a plane that is close enough for choosing the nearer of two employees.
pub fn km_between((lat_a, lon_a): (f64, f64), (lat_b, lon_b): (f64, f64)) -> f64 {
    let north = (lat_b - lat_a) * KM_PER_DEGREE;
    let east = (lon_b - lon_a) * KM_PER_DEGREE * ((lat_a + lat_b) / 2.0).to_radians().cos();
    north.hypot(east)
}

/// Of a meridian.
const KM_PER_DEGREE: f64 = 111.195;

/// Country by country, the largest first within each.
pub const CITIES: &[City] = &[
    City::new("Sofia", "София", 42.69751, 23.32415, "BG", 1_152_556, None),
    City::new("Plovdiv", "Пловдив", 42.15387, 24.75001, "BG", 329_489, None),
    City::new("Varna", "Варна", 43.21912, 27.91024, "BG", 318_737, Some(290.0)),
    City::new("Burgas", "Бургас", 42.50651, 27.46886, "BG", 210_646, Some(285.0)),
    City::new("Stara Zagora", "Стара Загора", 42.43205, 25.64262, "BG", 121_582, None),
    City::new("Ruse", "Русе", 43.84872, 25.9534, "BG", 121_168, Some(160.0)),
    City::new("Pleven", "Плевен", 43.41791, 24.61666, "BG", 90_209, None),
    City::new("Sliven", "Сливен", 42.68607, 26.32558, "BG", 83_740, None),
    City::new("Pernik", "Перник", 42.59671, 23.03318, "BG", 82_467, None),
    City::new("Shumen", "Шумен", 43.27064, 26.92286, "BG", 72_342, None),
    City::new("Dobrich", "Добрич", 43.56491, 27.83138, "BG", 69_434, None),
    City::new("Blagoevgrad", "Благоевград", 42.01457, 23.09804, "BG", 67_810, None),
    City::new("Haskovo", "Хасково", 41.93415, 25.55557, "BG", 64_564, None),
    City::new("Yambol", "Ямбол", 42.48243, 26.50006, "BG", 63_656, None),
    City::new("Veliko Tarnovo", "Велико Търново", 43.08124, 25.62904, "BG", 59_166, None),
    City::new("Pazardzhik", "Пазарджик", 42.19934, 24.33318, "BG", 55_220, None),
    City::new("Asenovgrad", "Асеновград", 42.01667, 24.86667, "BG", 54_778, None),
    City::new("Vratsa", "Враца", 43.21052, 23.56312, "BG", 49_569, None),
    City::new("Gabrovo", "Габрово", 42.87419, 25.31823, "BG", 48_133, None),
    City::new("Kazanlak", "Казанлък", 42.61667, 25.4, "BG", 47_918, None),
    City::new("Montana", "Монтана", 43.41285, 23.22174, "BG", 47_445, None),
    City::new("Kyustendil", "Кюстендил", 42.28314, 22.69224, "BG", 46_856, None),
    City::new("Kardzhali", "Кърджали", 41.64502, 25.36578, "BG", 44_071, None),
    City::new("Dimitrovgrad", "Димитровград", 42.05, 25.6, "BG", 38_015, None),
    City::new("Vidin", "Видин", 43.99159, 22.88236, "BG", 34_797, Some(240.0)),
    City::new("Targovishte", "Търговище", 43.2512, 26.57215, "BG", 34_793, None),
    City::new("Dupnitsa", "Дупница", 42.26478, 23.11723, "BG", 34_764, None),
    City::new("Gorna Oryahovitsa", "Горна Оряховица", 43.12778, 25.70167, "BG", 32_792, None),
    City::new("Petrich", "Петрич", 41.39846, 23.20702, "BG", 30_722, None),
    City::new("Smolyan", "Смолян", 41.57439, 24.71204, "BG", 30_689, None),
    City::new("Karlovo", "Карлово", 42.63333, 24.8, "BG", 30_340, None),
    City::new("Svishtov", "Свищов", 43.61875, 25.35033, "BG", 30_157, Some(180.0)),
    City::new("Silistra", "Силистра", 44.1171, 27.26056, "BG", 29_498, Some(190.0)),
    City::new("Razgrad", "Разград", 43.53331, 26.51849, "BG", 28_931, None),
    City::new("Sandanski", "Сандански", 41.56667, 23.28333, "BG", 28_510, None),
    City::new("Lovech", "Ловеч", 43.13227, 24.71763, "BG", 27_910, None),
    City::new("Samokov", "Самоков", 42.33855, 23.55805, "BG", 26_765, None),
    City::new("Sevlievo", "Севлиево", 43.02295, 25.10364, "BG", 24_582, None),
    City::new("Nova Zagora", "Нова Загора", 42.48333, 26.01667, "BG", 23_625, None),
    City::new("Troyan", "Троян", 42.89427, 24.71589, "BG", 21_162, None),
    City::new("Aytos", "Айтос", 42.70322, 27.25464, "BG", 20_986, None),
    City::new("Botevgrad", "Ботевград", 42.90799, 23.79274, "BG", 20_909, None),
    City::new("Gotse Delchev", "Гоце Делчев", 41.56667, 23.73333, "BG", 20_522, None),
    City::new("Velingrad", "Велинград", 42.02754, 23.99155, "BG", 20_286, None),
    City::new("Panagyurishte", "Панагюрище", 42.49518, 24.19021, "BG", 19_389, None),
    City::new("Bucharest", "Букурещ", 44.43225, 26.10626, "RO", 1_877_155, None),
    City::new("Iasi", "Яш", 47.16667, 27.6, "RO", 378_954, None),
    City::new("Constanta", "Констанца", 44.18073, 28.63432, "RO", 317_832, Some(270.0)),
    City::new("Cluj-Napoca", "Клуж-Напока", 46.76667, 23.6, "RO", 286_598, None),
    City::new("Brasov", "Брашов", 45.64861, 25.60613, "RO", 253_200, None),
    City::new("Timisoara", "Тимишоара", 45.75372, 21.22571, "RO", 250_849, None),
    City::new("Craiova", "Крайова", 44.31667, 23.8, "RO", 234_140, None),
    City::new("Galati", "Галац", 45.43687, 28.05028, "RO", 217_851, Some(340.0)),
    City::new("Oradea", "Орадя", 47.0458, 21.91833, "RO", 183_105, None),
    City::new("Ploiesti", "Плоещ", 44.95, 26.01667, "RO", 180_540, None),
    City::new("Arad", "Арад", 46.18333, 21.31667, "RO", 169_065, None),
    City::new("Braila", "Браила", 45.27152, 27.97429, "RO", 154_686, Some(260.0)),
    City::new("Pitesti", "Питещ", 44.85, 24.86667, "RO", 141_275, None),
    City::new("Bacau", "Бакъу", 46.56718, 26.91384, "RO", 136_087, None),
    City::new("Sibiu", "Сибиу", 45.8, 24.15, "RO", 134_309, None),
    City::new("Buzau", "Бузъу", 45.15, 26.83333, "RO", 103_481, None),
    City::new("Ramnicu Valcea", "Ръмнику Вълча", 45.1, 24.36667, "RO", 93_151, None),
    City::new("Suceava", "Сучава", 47.63333, 26.25, "RO", 84_308, None),
    City::new("Drobeta-Turnu Severin", "Дробета-Турну Северин", 44.62693, 22.65288, "RO", 79_865, Some(20.0)),
    City::new("Targu Jiu", "Търгу Жиу", 45.05, 23.28333, "RO", 73_545, None),
    City::new("Deva", "Дева", 45.88333, 22.9, "RO", 67_802, None),
    City::new("Targoviste", "Търговище (Румъния)", 44.92543, 25.4567, "RO", 66_965, None),
    City::new("Focsani", "Фокшани", 45.7, 27.18333, "RO", 66_648, None),
    City::new("Tulcea", "Тулча", 45.1787, 28.80501, "RO", 65_624, Some(180.0)),
    City::new("Slatina", "Слатина", 44.43333, 24.36667, "RO", 63_487, None),
    City::new("Giurgiu", "Гюргево", 43.88664, 25.9627, "RO", 54_551, Some(340.0)),
    City::new("Alexandria", "Александрия", 43.98333, 25.33333, "RO", 40_390, None),
    City::new("Mangalia", "Мангалия", 43.81623, 28.57656, "RO", 39_619, Some(270.0)),
    City::new("Athens", "Атина", 37.98376, 23.72784, "GR", 664_046, Some(20.0)),
    City::new("Thessaloniki", "Солун", 40.64072, 22.93493, "GR", 317_778, Some(30.0)),
    City::new("Patras", "Патра", 38.2462, 21.73508, "GR", 168_034, Some(160.0)),
    City::new("Larissa", "Лариса", 39.62847, 22.42112, "GR", 146_926, None),
    City::new("Volos", "Волос", 39.36923, 22.94769, "GR", 86_048, Some(345.0)),
    City::new("Ioannina", "Янина", 39.66341, 20.85187, "GR", 65_574, Some(240.0)),
    City::new("Trikala", "Трикала", 39.55493, 21.76837, "GR", 61_653, None),
    City::new("Serres", "Сяр", 41.08499, 23.54757, "GR", 58_287, None),
    City::new("Kavala", "Кавала", 40.93959, 24.40687, "GR", 54_027, Some(335.0)),
    City::new("Katerini", "Катерини", 40.26956, 22.50608, "GR", 53_293, Some(270.0)),
    City::new("Alexandroupoli", "Александруполис", 40.84995, 25.87644, "GR", 52_979, Some(350.0)),
    City::new("Lamia", "Ламия", 38.89947, 22.4335, "GR", 52_006, None),
    City::new("Xanthi", "Ксанти", 41.13488, 24.888, "GR", 48_221, None),
    City::new("Komotini", "Комотини", 41.11758, 25.40587, "GR", 45_631, None),
    City::new("Drama", "Драма", 41.15283, 24.1473, "GR", 44_823, None),
    City::new("Kozani", "Кожани", 40.29931, 21.78984, "GR", 36_481, None),
    City::new("Skopje", "Скопие", 41.99646, 21.43141, "MK", 474_889, None),
    City::new("Kumanovo", "Куманово", 42.13279, 21.71585, "MK", 75_051, None),
    City::new("Prilep", "Прилеп", 41.34558, 21.5537, "MK", 73_814, None),
    City::new("Bitola", "Битоля", 41.03226, 21.33553, "MK", 69_287, None),
    City::new("Tetovo", "Тетово", 42.00989, 20.97138, "MK", 63_176, None),
    City::new("Veles", "Велес", 41.71719, 21.77196, "MK", 57_873, None),
    City::new("Gostivar", "Гостивар", 41.79627, 20.90799, "MK", 50_974, None),
    City::new("Shtip", "Щип", 41.74583, 22.19583, "MK", 48_279, None),
    City::new("Ohrid", "Охрид", 41.11701, 20.80175, "MK", 42_033, Some(60.0)),
    City::new("Kavadarci", "Кавадарци", 41.43344, 22.01218, "MK", 38_799, None),
    City::new("Kochani", "Кочани", 41.91639, 22.41278, "MK", 34_258, None),
    City::new("Strumica", "Струмица", 41.43763, 22.64288, "MK", 33_825, None),
    City::new("Gevgelija", "Гевгелия", 41.14289, 22.50108, "MK", 20_664, None),
    City::new("Belgrade", "Белград", 44.80401, 20.46513, "RS", 1_273_651, None),
    City::new("Nis", "Ниш", 43.32472, 21.90333, "RS", 250_000, None),
    City::new("Novi Sad", "Нови Сад", 45.25167, 19.83694, "RS", 215_400, None),
    City::new("Kragujevac", "Крагуевац", 44.01667, 20.91667, "RS", 147_473, None),
    City::new("Cacak", "Чачак", 43.89139, 20.34972, "RS", 117_072, None),
    City::new("Subotica", "Суботица", 46.1, 19.66667, "RS", 100_000, None),
    City::new("Leskovac", "Лесковац", 42.99806, 21.94611, "RS", 94_758, None),
    City::new("Kraljevo", "Кралево", 43.72583, 20.68944, "RS", 82_846, None),
    City::new("Zrenjanin", "Зренянин", 45.38361, 20.38194, "RS", 79_773, None),
    City::new("Krusevac", "Крушевац", 43.58, 21.33389, "RS", 75_256, None),
    City::new("Vranje", "Враня", 42.55139, 21.90028, "RS", 56_199, None),
    City::new("Zajecar", "Зайчар", 43.90358, 22.26405, "RS", 49_800, None),
    City::new("Pirot", "Пирот", 43.15306, 22.58611, "RS", 40_678, None),
    City::new("Pozarevac", "Пожаревац", 44.62133, 21.18782, "RS", 41_736, None),
    City::new("Istanbul", "Истанбул", 41.01384, 28.94966, "TR", 15_701_602, Some(310.0)),
    City::new("Edirne", "Одрин", 41.67719, 26.55597, "TR", 180_002, None),
    City::new("Tekirdag", "Текирдаг", 40.9781, 27.51101, "TR", 122_287, Some(330.0)),
    City::new("Corlu", "Чорлу", 41.16069, 27.80093, "TR", 202_578, None),
    City::new("Luleburgaz", "Люлебургаз", 41.40173, 27.35746, "TR", 90_899, None),
    City::new("Kirklareli", "Лозенград", 41.73508, 27.22521, "TR", 58_223, None),
    City::new("Cerkezkoy", "Черкезкьой", 41.28629, 27.99939, "TR", 84_234, None),
    City::new("Uzunkopru", "Узункюпрю", 41.26914, 26.68598, "TR", 36_470, None),
];
