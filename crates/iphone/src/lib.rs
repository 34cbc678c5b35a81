//! iphone
