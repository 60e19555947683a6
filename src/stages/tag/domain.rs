//! The registrable domain of a URL: "https://www.sport.example.co.uk/a" →
//! "example.co.uk". The public suffix list is large and mostly about hosting;
//! news sites need the second-level suffixes of countries, which follow few forms.

/// The host of a URL or of something that reads like one, in lower case, without
/// port and "www.".
pub fn host(url: &str) -> Option<String> {
    let url = url.trim();
    let rest = url.split_once("://").map_or(url, |(_, rest)| rest);
    let rest = rest.strip_prefix("//").unwrap_or(rest);
    let authority = rest.split(['/', '?', '#', '\\']).next()?;
    let host = authority.rsplit('@').next()?.split(':').next()?.trim_end_matches('.');
    let host = host.to_lowercase();
    let labels_fit = host.split('.').all(|label| {
        !label.is_empty()
            && label.len() <= 63
            && label.chars().all(|c| c.is_alphanumeric() || c == '-' || c == '_')
    });
    let top = host.rsplit('.').next()?;
    let named = host.contains('.') && !top.bytes().all(|byte| byte.is_ascii_digit());
    (named && labels_fit && top.chars().count() >= 2).then(|| {
        host.strip_prefix("www.").filter(|rest| rest.contains('.')).unwrap_or(&host).into()
    })
}

/// The part of a host that its owner registered.
pub fn registrable(host: &str) -> &str {
    let mut starts: Vec<usize> = vec![0];
    starts.extend(host.match_indices('.').map(|(at, _)| at + 1));
    let labels: Vec<&str> = host.split('.').collect();
    let [.., second, top] = labels.as_slice() else { return host };
    let kept = if is_second_level_suffix(second, top) { 3 } else { 2 };
    match starts.len().checked_sub(kept) {
        Some(index) => &host[starts[index]..],
        None => host,
    }
}

/// The name in a registrable domain: "example" of "example.co.uk".
pub fn name(domain: &str) -> &str {
    domain.split('.').next().unwrap_or(domain)
}

fn is_second_level_suffix(second: &str, top: &str) -> bool {
    const GENERIC: [&str; 15] = [
        "co", "com", "net", "org", "gov", "edu", "ac", "or", "ne", "go", "gob", "nom", "mil",
        "gouv", "info",
    ];
    (top.len() == 2 && GENERIC.contains(&second))
        || matches!((second, top), ("asn" | "id", "au") | ("web" | "my", "id"))
}

/// The path of a URL, without query and fragment.
pub fn path(url: &str) -> &str {
    let rest = url.split_once("://").map_or(url, |(_, rest)| rest);
    let path = rest.find('/').map_or("", |at| &rest[at..]);
    path.split(['?', '#']).next().unwrap_or("")
}
