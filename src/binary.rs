//! Numbers in binary data, read from its front.

/// The next bytes, which are taken off; none where fewer are left.
pub(crate) fn take<const LENGTH: usize>(rest: &mut &[u8]) -> Option<[u8; LENGTH]> {
    let (bytes, behind) = rest.split_first_chunk::<LENGTH>()?;
    *rest = behind;
    Some(*bytes)
}
