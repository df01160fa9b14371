//! "Did you mean": names near to one that is not there.
//!
//! Edit distance with transpositions (optimal string alignment), case ignored; a name that contains the other counts as
//! near too, since people write `city` for `customer_city`.

/// At most `limit` of `names`, nearest first.
pub(crate) fn nearest<'a>(word: &str, names: impl IntoIterator<Item = &'a str>, limit: usize) -> Vec<&'a str> {
    let word: Vec<char> = word.to_lowercase().chars().take(100).collect();
    let mut near: Vec<(usize, &str)> = names
        .into_iter()
        .filter_map(|name| {
            let chars: Vec<char> = name.to_lowercase().chars().take(100).collect();
            let allowed = (word.len().max(chars.len()) / 3).max(1);
            let distance = distance(&word, &chars);
            if distance <= allowed {
                return Some((distance, name));
            }
            let (short, long) = if word.len() < chars.len() { (&word, &chars) } else { (&chars, &word) };
            let contained = short.len() >= 3 && long.windows(short.len()).any(|part| part == short.as_slice());
            contained.then_some((long.len(), name))
        })
        .collect();
    near.sort();
    near.into_iter().take(limit).map(|(_, name)| name).collect()
}

fn distance(a: &[char], b: &[char]) -> usize {
    let width = b.len() + 1;
    let mut table = vec![0; (a.len() + 1) * width];
    for i in 0..=a.len() {
        table[i * width] = i;
    }
    for (j, cell) in table[..width].iter_mut().enumerate() {
        *cell = j;
    }
    for i in 1..=a.len() {
        for j in 1..=b.len() {
            let substitution = table[(i - 1) * width + j - 1] + usize::from(a[i - 1] != b[j - 1]);
            let mut best = substitution.min(table[(i - 1) * width + j] + 1).min(table[i * width + j - 1] + 1);
            if i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1] {
                best = best.min(table[(i - 2) * width + j - 2] + 1);
            }
            table[i * width + j] = best;
        }
    }
    table[a.len() * width + b.len()]
}

/// `a, b and 7 more`: names for people, at most `limit` of them.
pub(crate) fn list<'a>(names: impl IntoIterator<Item = &'a str>, limit: usize) -> String {
    let names: Vec<&str> = names.into_iter().collect();
    let mut text = names[..names.len().min(limit)].join(", ");
    if names.len() > limit {
        text.push_str(&format!(" and {} more", names.len() - limit));
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn finds_slips_and_parts_of_names() {
        let names = ["region", "customer_city", "revenue_12m", "name"];
        assert_eq!(nearest("regoin", names, 3), ["region"]);
        assert_eq!(nearest("city", names, 3), ["customer_city"]);
        assert_eq!(nearest("Revenue", names, 3), ["revenue_12m"]);
        assert!(nearest("ownership", names, 3).is_empty());
    }
}
