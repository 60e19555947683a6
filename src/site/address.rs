//! What a URL says to the memory: which site, and which page of it.

use crate::stages::tag::domain;
use crate::text::hashing::fingerprint;

/// A page by its address.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Address {
    /// In lower case, without `www.`.
    pub host: String,
    pub page: PageId,
}

/// Alike for addresses that lead to one page: scheme, `www.`, fragment, a slash at the
/// end and what campaigns add do not count.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct PageId(pub u64);

/// What is put behind addresses to tell where a reader came from.
const CAMPAIGN: &[&str] = &["utm_", "fbclid", "gclid", "msclkid", "mc_cid", "mc_eid", "at_", "ref"];

impl Address {
    /// None where the URL names no host: the memory is silent about it.
    pub fn of(url: &str) -> Option<Self> {
        let host = domain::host(url)?;
        let (_, rest) = url.split_once("://").unwrap_or(("", url));
        let rest = rest.split('#').next().unwrap_or_default();
        let (way, query) = rest.split_once('?').unwrap_or((rest, ""));
        let path = way.split_once('/').map_or("", |(_, path)| path);
        let mut page = format!("{host}/{}", path.trim_end_matches('/'));
        for parameter in query.split('&').filter(|parameter| !is_campaign(parameter)) {
            page.push('&');
            page.push_str(parameter);
        }
        Some(Self { host, page: PageId(fingerprint(page.as_bytes())) })
    }
}

fn is_campaign(parameter: &str) -> bool {
    let name = parameter.split('=').next().unwrap_or_default();
    name.is_empty()
        || CAMPAIGN
            .iter()
            .any(|known| name == *known || known.ends_with('_') && name.starts_with(known))
}
