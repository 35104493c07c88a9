//! Pages: `$top`, skip tokens and the link to the next page.

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;

use crate::request::Request;

/// A cut of a list.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Page {
    /// Where the page starts.
    pub(crate) start: usize,
    /// Behind its last item.
    pub(crate) end: usize,
    /// The token of the next page, if there is one.
    pub(crate) next: Option<String>,
}

/// The skip token that names an offset.
pub(crate) fn token(offset: usize) -> String {
    URL_SAFE_NO_PAD.encode(format!("offset:{offset}"))
}

/// The offset in a skip token; `None` when it is not one of ours.
pub(crate) fn offset(token: &str) -> Option<usize> {
    let decoded = URL_SAFE_NO_PAD.decode(token).ok()?;
    let text = String::from_utf8(decoded).ok()?;
    text.strip_prefix("offset:")?.parse().ok()
}

/// Cuts a page of `size` out of `total` items, from the offset in the token.
pub(crate) fn page(total: usize, size: usize, skip: Option<&str>) -> Option<Page> {
    let start = skip.map_or(Some(0), offset)?.min(total);
    let end = start.saturating_add(size.max(1)).min(total);
    Some(Page {
        start,
        end,
        next: (end < total).then(|| token(end)),
    })
}

/// The address of the next page: the same request on the same origin with another skip token.
pub(crate) fn link(request: &Request, token: &str) -> String {
    let path: String = request
        .path
        .split('/')
        .filter(|segment| !segment.is_empty())
        .map(|segment| format!("/{}", encode(segment)))
        .collect();
    let query = request.query.with("$skiptoken", token);
    format!("{}{path}?{query}", request.origin)
}

fn encode(segment: &str) -> String {
    percent_encoding::utf8_percent_encode(segment, percent_encoding::NON_ALPHANUMERIC)
        .to_string()
        .replace("%2D", "-")
        .replace("%2E", ".")
        .replace("%5F", "_")
        .replace("%28", "(")
        .replace("%29", ")")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pages_cover_every_item_once() {
        let mut seen = 0;
        let mut skip = None;
        loop {
            let cut = page(7, 3, skip.as_deref()).unwrap();
            assert_eq!(cut.start, seen);
            seen = cut.end;
            skip = cut.next;
            if skip.is_none() {
                break;
            }
        }
        assert_eq!(seen, 7);
    }

    #[test]
    fn a_full_last_page_has_no_successor() {
        assert_eq!(page(3, 3, None).unwrap().next, None);
        assert_eq!(page(0, 3, None).unwrap().end, 0);
        assert_eq!(page(3, 0, None).unwrap().end, 1);
    }

    #[test]
    fn foreign_tokens_are_refused_and_offsets_beyond_the_end_are_empty() {
        assert!(page(3, 3, Some("nonsense")).is_none());
        let beyond = page(3, 3, Some(&token(99))).unwrap();
        assert_eq!((beyond.start, beyond.end), (3, 3));
    }
}
