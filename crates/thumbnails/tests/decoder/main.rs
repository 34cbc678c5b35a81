//! A decoder as the product's programs become one.

fn main() {
    decoder::serve_if_asked();
}
