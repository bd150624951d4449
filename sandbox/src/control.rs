//! The control calls under `/sandbox`.
