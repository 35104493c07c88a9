//! Going on from an earlier snapshot gives what reading everything gives, against a simulated Azure over
//! real sockets.

mod differential;
mod support;
