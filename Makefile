# Two commands: `make run` opens Keepsake, `make test` checks everything. Both install what is missing first.

TARGET := $(or $(CARGO_TARGET_DIR),target)

.PHONY: help run test screens bench soak fuzz bundle setup clean

help:
	@echo 'make run      opens Keepsake, with a simulated phone when none is attached'
	@echo 'make test     runs every check and test'
	@echo 'make screens  writes pictures of the window to target/screens'
	@echo 'make bench    times an import against other ways to get the same bytes, and pictures against libvips and ffmpegthumbnailer'
	@echo 'make soak     imports from a phone that misbehaves at random, for KEEPSAKE_SOAK_SECONDS (8 hours)'
	@echo 'make fuzz     feeds every parser of untrusted bytes with made-up ones, for KEEPSAKE_FUZZ_SECONDS (60) each'
	@echo 'make bundle   builds the Debian and RPM packages'
	@echo 'make clean    removes what was built and installed in this folder'

run:
	@scripts/setup.sh run
	@scripts/page.sh
	@cargo build --quiet --locked -p shell -p cli -p iphone-sim
	@scripts/run.sh

test:
	@scripts/setup.sh test
	@scripts/test.sh

screens:
	@scripts/setup.sh test
	@scripts/page.sh
	@cargo test --quiet --locked --workspace --test window
	@mkdir -p target/screens
	@cp $(TARGET)/tmp/screens/*.png target/screens/
	@ls target/screens/*.png

bench:
	@scripts/setup.sh bench
	@cargo build --quiet --locked --release -p cli -p iphone-sim
	@scripts/bench.py
	@cargo build --quiet --locked --release -p media --example draw -p thumbnails --example pool
	@scripts/bench_pictures.py
	@cargo build --quiet --locked --release -p engine --bins --example first_screen
	@$(TARGET)/release/examples/first_screen

soak:
	@scripts/setup.sh test
	@KEEPSAKE_SOAK_SECONDS=$${KEEPSAKE_SOAK_SECONDS:-28800} cargo test --locked --release -p engine --test soak -- --nocapture

fuzz:
	@scripts/fuzz.sh

bundle:
	@scripts/setup.sh run
	@npx --prefix ui tauri build --bundles deb,rpm

setup:
	@scripts/setup.sh run
	@scripts/setup.sh test

clean:
	rm -rf target .cache ui/dist ui/node_modules gen
