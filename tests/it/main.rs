//! All tests that start the product or a part of it.

mod contracts;
