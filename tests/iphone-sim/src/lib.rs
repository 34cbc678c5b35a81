//! A simulated iPhone.
