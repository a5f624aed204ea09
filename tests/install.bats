#!/usr/bin/env bats
# shellcheck disable=SC2154,SC2030,SC2031
# What is installed works from where it was put, and can be taken away again. These tests build their own.

load helpers

setup_file() {
	unset MAKEFLAGS MFLAGS MAKELEVEL MAKEOVERRIDES DESTDIR PREFIX CFLAGS SANITIZE
	root=$BATS_FILE_TMPDIR/root
	export root
	# First as most people do it: make, without a word about where things will go. What is quick to build will do here.
	make_here all
	make_here install "DESTDIR=$root" PREFIX=/usr
}

setup() {
	sk_setup
}

make_here() {
	make -s -j2 -C "$SK_ROOT" BUILD="$BATS_FILE_TMPDIR/build" CFLAGS=-O0 "$@" >"$BATS_FILE_TMPDIR/make.log" 2>&1 ||
		{ cat "$BATS_FILE_TMPDIR/make.log"; return 1; }
}

# Flags for the installed library, as pkg-config has them.
library_flags() {
	PKG_CONFIG_PATH=$root/usr/lib/pkgconfig PKG_CONFIG_SYSROOT_DIR=$root \
		PKG_CONFIG_ALLOW_SYSTEM_CFLAGS=1 PKG_CONFIG_ALLOW_SYSTEM_LIBS=1 pkg-config "$@" streamkit
}

write_program() {
	cat >program.c <<-'END'
		#include <inttypes.h>
		#include <stdio.h>
		#include <streamkit/sketch/frequent.h>

		int
		main(void)
		{
			struct sk_span items[] = { { (const unsigned char *)"a", 1 }, { (const unsigned char *)"b", 1 },
				{ (const unsigned char *)"a", 1 } };
			struct sk_frequent *table = sk_frequent_new(1 << 20, 1);

			if (table == NULL || sk_frequent_add_batch(table, items, NULL, 3) == -1)
				return 1;
			printf("a: %" PRIu64 "\n", sk_frequent_get(table, items[0]).count);
			sk_frequent_free(table);
			return 0;
		}
	END
}

@test "the installed tool works" {
	[ "$(printf 'b\na\nb\n' | "$root/usr/bin/stream-topk" -o tsv)" = "2${TAB}0${TAB}b"$'\n'"1${TAB}0${TAB}a" ]
}

@test "the manual and the completions are where their readers look" {
	[ -s "$root/usr/share/man/man1/stream-topk.1" ]
	[ -s "$root/usr/share/man/man5/streamkit-frames.5" ]
	[ -s "$root/usr/share/man/man7/streamkit.7" ]
	[ -s "$root/usr/share/bash-completion/completions/stream-topk" ]
	[ -s "$root/usr/share/zsh/site-functions/_stream-topk" ]
	[ -s "$root/usr/share/fish/vendor_completions.d/stream-topk.fish" ]
}

@test "nothing names the build or DESTDIR, and everybody may read it" {
	[ "$(grep -rlF "$root" "$root" | wc -l)" = 0 ]
	# Debug information may name the directory it was compiled in.
	[ "$(grep -rlFI "$BATS_FILE_TMPDIR" "$root" | wc -l)" = 0 ]
	find "$root/usr" ! -type l ! -perm -444 >unreadable
	same /dev/null unreadable
}

@test "the version is the same in the tool, the Makefile and pkg-config" {
	version=$(sed -n 's/^VERSION = //p' "$SK_ROOT/Makefile")
	[[ $("$root/usr/bin/stream-topk" --version) == *" $version" ]]
	grep -qx "Version: $version" "$root/usr/lib/pkgconfig/streamkit.pc"
}

@test "pkg-config finds the library where PREFIX says" {
	need pkg-config
	library_flags --cflags --libs >flags
	cat flags
	grep -qF -- "-I$root/usr/include" flags
	grep -qF -- "-L$root/usr/lib" flags
	grep -q -- '-lstreamkit' flags
	# shellcheck disable=SC2046 # a list of words
	write_program && ${CC:-cc} -o program program.c $(library_flags --cflags --libs)
}

@test "a program runs with the static library" {
	write_program
	${CC:-cc} -std=c11 -Wall -Wextra -Wpedantic -Werror "-I$root/usr/include" -o program program.c \
		"$root/usr/lib/libstreamkit.a"
	[ "$(./program)" = 'a: 2' ]
}

@test "a program runs with the shared library" {
	write_program
	${CC:-cc} -std=c11 -Wall -Wextra -Wpedantic -Werror "-I$root/usr/include" -o program program.c \
		"-L$root/usr/lib" -lstreamkit
	[ "$(LD_LIBRARY_PATH=$root/usr/lib DYLD_LIBRARY_PATH=$root/usr/lib ./program)" = 'a: 2' ]
}

@test "every installed header compiles alone" {
	find "$root/usr/include" -name '*.h' >headers
	[ -s headers ]
	while IFS= read -r header; do
		echo "$header"
		echo "#include <${header#"$root/usr/include/"}>" >alone.c
		${CC:-cc} -Wall -Wextra -Wpedantic -Werror "-I$root/usr/include" -fsyntax-only alone.c
	done <headers
}

@test "the shared library exports only names that begin with sk_" {
	need nm
	if [ "$(uname -s)" = Darwin ]; then
		nm -gU "$root"/usr/lib/libstreamkit.*dylib | awk '{ print $NF }' | sed 's/^_//' >names
	else
		nm -D --defined-only "$root/usr/lib/libstreamkit.so" | awk '{ print $NF }' >names
	fi
	grep -qx sk_frequent_new names
	grep -vxE 'sk_[a-z0-9_]+|_init|_fini|_edata|_end|__bss_start' names >others || true
	same /dev/null others
}

@test "installing twice is installing once" {
	find "$root" | sort >once
	make_here install "DESTDIR=$root" PREFIX=/usr
	find "$root" | sort | same once -
}

@test "the directories of each kind can be chosen" {
	make_here install "DESTDIR=$PWD/other" PREFIX=/opt/sk BINDIR=/opt/bin LIBDIR=/opt/lib64 MANDIR=/opt/man
	[ -x other/opt/bin/stream-topk ]
	[ -e other/opt/lib64/libstreamkit.a ]
	[ -e other/opt/man/man1/stream-topk.1 ]
	grep -qx 'libdir=/opt/lib64' other/opt/lib64/pkgconfig/streamkit.pc
	grep -qx 'includedir=/opt/sk/include' other/opt/lib64/pkgconfig/streamkit.pc
}

@test "uninstalling leaves nothing behind, and what is others'" {
	make_here install "DESTDIR=$PWD/other" PREFIX=/usr
	echo others >other/usr/lib/libother.a
	make_here uninstall "DESTDIR=$PWD/other" PREFIX=/usr
	find other ! -type d >left
	echo other/usr/lib/libother.a | same - left
	find other -name '*streamkit*' >left
	same /dev/null left
	# Once more: there is nothing to be taken away, and that is fine.
	make_here uninstall "DESTDIR=$PWD/other" PREFIX=/usr
}

@test "the source archive builds" {
	need git
	git -C "$SK_ROOT" rev-parse --verify -q HEAD >/dev/null 2>&1 || skip "this is not a git checkout"
	# A version of its own, so that no archive made before is overwritten.
	archive=streamkit-0.0.0-test
	make_here dist VERSION=0.0.0-test
	mv "$SK_ROOT/$archive.tar.gz" .
	tar xzf "$archive.tar.gz"
	make -s -j2 -C "$archive" CFLAGS=-O0 all >make.log 2>&1 || { cat make.log; false; }
	[ "$(echo a | "$archive/build/stream-topk" -o tsv)" = "1${TAB}0${TAB}a" ]
}
