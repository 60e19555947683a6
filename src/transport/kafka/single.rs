//! One message by its place, for whoever wants to look at it.

use super::client;
use super::topic_reader::TopicReader;
use crate::error::TransportError;
use crate::settings::KafkaSettings;
use crate::transport::{Origin, StoredMessage};

/// The message at that place; `None` where there is none, or none any more. Blocks.
pub fn message(
    settings: &KafkaSettings,
    place: &Origin,
) -> Result<Option<StoredMessage>, TransportError> {
    let mut reader = TopicReader::open(client::inquirer(settings), &place.topic)?;
    reader.rewind_to(place.partition, place.offset)?;
    // Where it was compacted away, the next one comes.
    Ok(reader.read()?.filter(|message| message.offset == Some(place.offset)))
}
