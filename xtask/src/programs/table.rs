//! The programs, and how each is built: as its own documentation says, with `berkeley cc` as the compiler.

/// A program.
pub(super) struct Program {
    pub(super) name: &'static str,
    /// Debian's source package.
    pub(super) source: &'static str,
    /// Programs that must be built before, for their libraries.
    pub(super) needs: &'static [&'static str],
    /// The commands of a shell that build it, in its directory.
    pub(super) script: &'static str,
    /// The files that it is after, and what they are to be called.
    pub(super) results: &'static [(&'static str, &'static str)],
}

pub(super) const PROGRAMS: &[Program] = &[
    Program {
        name: "bearssl",
        source: "bearssl",
        needs: &[],
        script: r#"
make lib DLL=no CC="$CC" AR="$AR" CFLAGS="-O2 -DBR_USE_UNIX_TIME=1"
$CC -O2 -Iinc -c "$OWN/bearssl-sysrng.c" -o build/obj/sysrng.o
$AR rcs build/libbearssl.a build/obj/sysrng.o
mkdir -p installed/lib
cp -r inc installed/include
cp build/libbearssl.a installed/lib
"#,
        results: &[],
    },
    Program {
        name: "curl",
        source: "curl",
        needs: &["bearssl"],
        script: r#"
./configure --host=wasm32-wasi --disable-shared --with-bearssl="$BUILD/bearssl/installed" --disable-ldap --disable-manual \
    --disable-threaded-resolver --without-brotli --without-libidn2 --without-libpsl --without-librtmp --without-nghttp2 \
    --without-zlib --without-zstd CFLAGS=-O2
make -C lib
make -C src
"#,
        results: &[("src/curl", "curl.wasm")],
    },
    Program {
        name: "lua",
        source: "lua5.4",
        needs: &[],
        script: r#"
make -C src lua liblua.a CC="$CC -std=gnu99" AR="$AR rcu" RANLIB="$RANLIB" MYCFLAGS=-DLUA_USE_POSIX
"#,
        results: &[("src/lua", "lua.wasm")],
    },
    Program {
        name: "luasocket",
        source: "lua-socket",
        needs: &["lua"],
        script: r#"
cd src
for part in auxiliar buffer compat except inet io luasocket mime options select tcp timeout udp unix unixdgram unixstream \
    usocket; do
    $CC -O2 -DLUASOCKET_DEBUG -I"$BUILD/lua/src" -c $part.c
done
$CC -O2 -I"$BUILD/lua/src" "$BUILD/lua/src/lua.c" "$OWN/lua-linit.c" *.o "$BUILD/lua/src/liblua.a" -o luasocket
"#,
        results: &[("src/luasocket", "luasocket.wasm")],
    },
    Program {
        name: "hiredis",
        source: "hiredis",
        needs: &[],
        script: r#"
make static CC="$CC" AR="$AR" OPTIMIZATION=-O2
$CC -O2 -I. test.c libhiredis.a -o hiredis-test
"#,
        results: &[("hiredis-test", "hiredis-test.wasm")],
    },
    Program {
        name: "redis-cli",
        source: "redis",
        needs: &[],
        script: r#"
make -C deps/hiredis static CC="$CC" AR="$AR"
make -C deps/linenoise CC="$CC"
make -C src redis-cli CC="$CC" AR="$AR" MALLOC=libc OPT=-O2 BUILD_TLS=no uname_S=WASI
"#,
        results: &[("src/redis-cli", "redis-cli.wasm")],
    },
    Program {
        name: "mosquitto",
        source: "mosquitto",
        needs: &[],
        script: r#"
options='WITH_TLS=no WITH_THREADING=no WITH_SHARED_LIBRARIES=no WITH_STATIC_LIBRARIES=yes WITH_CJSON=no UNAME=WASI'
make -C lib $options CC="$CC" AR="$AR" CFLAGS=-O2 libmosquitto.a
make -C client $options CC="$CC" AR="$AR" CFLAGS=-O2 static_pub static_sub
"#,
        results: &[("client/mosquitto_pub", "mosquitto_pub.wasm"), ("client/mosquitto_sub", "mosquitto_sub.wasm")],
    },
    Program {
        name: "wget",
        source: "wget",
        needs: &[],
        // Its timer keeps clocks, which are pointers in wasi-libc, in integers of the same size.
        script: r#"
./configure --host=wasm32-wasi --disable-iri --disable-nls --disable-pcre --disable-pcre2 --disable-threads \
    --without-libpsl --without-libuuid --without-ssl --without-zlib CFLAGS='-O2 -Wno-int-conversion'
make
"#,
        results: &[("src/wget", "wget.wasm")],
    },
    Program {
        name: "lighttpd",
        source: "lighttpd",
        needs: &[],
        // As its INSTALL has it for a static build.
        script: r#"
for module in access accesslog alias auth authn_file dirlisting evhost expire extforward fastcgi indexfile proxy redirect \
    rewrite scgi setenv simple_vhost sockproxy staticfile status userdir; do
    echo "PLUGIN_INIT(mod_$module)"
done > src/plugin-static.h
LIGHTTPD_STATIC=yes ./configure --host=wasm32-wasi --disable-shared --enable-static --without-brotli --without-bzip2 \
    --without-pcre --without-pcre2 --without-zlib --without-zstd CFLAGS='-O2 -Wno-int-conversion'
make -C src
"#,
        results: &[("src/lighttpd", "lighttpd.wasm")],
    },
    Program {
        name: "drill",
        source: "ldns",
        needs: &[],
        script: r#"
./configure --host=wasm32-wasi --disable-shared --disable-dane --disable-dsa --disable-ecdsa --disable-ed25519 \
    --disable-ed448 --disable-gost --disable-sha2 --with-drill --without-ssl CFLAGS=-O2
make lib
make drill
"#,
        results: &[("drill/drill", "drill.wasm")],
    },
    Program {
        name: "libevent",
        source: "libevent",
        needs: &[],
        // As wget: clocks in integers.
        script: r#"
./configure --host=wasm32-wasi --disable-shared --disable-openssl --disable-thread-support CFLAGS='-O2 -Wno-int-conversion'
make
make test/regress
"#,
        results: &[("test/regress", "libevent-regress.wasm")],
    },
];

/// The program of that name.
pub(super) fn find(name: &str) -> Option<&'static Program> {
    PROGRAMS.iter().find(|program| program.name == name)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_a_program_needs_stands_before_it() {
        for (at, program) in PROGRAMS.iter().enumerate() {
            assert!(program.needs.iter().all(|need| PROGRAMS[..at].iter().any(|earlier| earlier.name == *need)));
            assert!(PROGRAMS[..at].iter().all(|earlier| earlier.name != program.name), "{}", program.name);
        }
    }
}
