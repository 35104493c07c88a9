//! Changing Azure, one change at a time: repeated while something is not known everywhere, and never made
//! twice.

mod conduct;
mod error;
mod lag;
mod single;

pub use conduct::{Conduct, Notice};
pub use error::ChangeError;

pub(crate) use conduct::Ended;
pub(crate) use lag::{is_lag, is_there_already, is_unclear};
pub(crate) use single::{change, create, delete, is_gone, look, pause, read};
