//! The reading before the work, where a memory of sites is to know all pages: so that the
//! first article of a site is decided by as much as the last, and threads change nothing.

use std::path::PathBuf;
use std::sync::Arc;

use copydesk::desk::Desk;
use copydesk::settings::Settings;
use copydesk::site::{Address, Shown, SiteMemory, SiteView, Standing};

use super::in_order::in_order;
use super::input::{Input, is_standard_input};
use super::progress::Progress;
use super::{Failure, Format, ahead};

/// Whether the files are still there after they have been read.
pub fn can_read_twice(files: &[PathBuf]) -> bool {
    files.iter().all(|file| !is_standard_input(file) && file.is_file())
}

/// Learns from all articles of the files, in their order.
pub fn survey(
    settings: &Settings,
    files: &[PathBuf],
    format: Option<Format>,
    sites: Arc<dyn SiteMemory>,
) -> Result<Surveyed, Failure> {
    let mut settings = settings.clone();
    settings.stages.repair = false;
    settings.stages.tag = false;
    let desk = Desk::new(&settings);
    let progress = Progress::over(files);
    let input = Input::new(files.to_vec(), format, settings.input.max_bytes, progress.clone());
    let studied = in_order(input, ahead(&settings.worker), move |taken| {
        taken.map(|taken| match taken.cut_from {
            Some(_) => None,
            None => desk.study(&taken.delivery),
        })
    });
    for studied in studied {
        if let Some((address, shown)) = studied? {
            sites.learn(&address, shown);
        }
    }
    progress.finish();
    Ok(Surveyed(sites))
}

/// A memory that has learned all there is to learn.
pub struct Surveyed(Arc<dyn SiteMemory>);

impl SiteMemory for Surveyed {
    fn view(&self, address: &Address) -> SiteView {
        self.0.view(address)
    }

    fn learn(&self, _address: &Address, _shown: Shown) {}

    fn standing(&self) -> Standing {
        self.0.standing()
    }
}
