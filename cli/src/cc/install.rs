//! How build systems find the compiler: by names of one word, and by a file of CMake's.

use std::env;
use std::fs;
use std::os::unix::fs::symlink;
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use anyhow::{Context as _, Result, bail};

use crate::tell::answer;

/// A toolchain file. CMake wants programs of one word, so each has its first argument apart.
const CMAKE: &str = "\
set(CMAKE_SYSTEM_NAME WASI)
set(CMAKE_SYSTEM_PROCESSOR wasm32)
set(CMAKE_EXECUTABLE_SUFFIX .wasm)
set(CMAKE_C_COMPILER \"@PROGRAM@\" cc)
set(CMAKE_CXX_COMPILER \"@PROGRAM@\" c++)
set(CMAKE_C_COMPILER_AR \"${CMAKE_CURRENT_LIST_DIR}/unused\")
set(CMAKE_FIND_ROOT_PATH_MODE_PROGRAM NEVER)
set(CMAKE_FIND_ROOT_PATH_MODE_LIBRARY ONLY)
set(CMAKE_FIND_ROOT_PATH_MODE_INCLUDE ONLY)
set(CMAKE_FIND_ROOT_PATH_MODE_PACKAGE ONLY)
set(CMAKE_CROSSCOMPILING_EMULATOR \"@PROGRAM@\" run)
set(BUILD_SHARED_LIBS OFF CACHE BOOL \"\")
set_property(GLOBAL PROPERTY TARGET_SUPPORTS_SHARED_LIBS FALSE)
set(UNIX TRUE)
";

/// Makes a link to this program for each name.
pub(super) fn links(directory: &Path, names: &[&str]) -> Result<ExitCode> {
    let program = program()?;
    fs::create_dir_all(directory).with_context(|| format!("cannot make {}", directory.display()))?;
    for name in names {
        let link = directory.join(format!("berkeley-{name}"));
        // One that was made before may lead to another program; a file is not ours.
        if link.is_symlink() {
            fs::remove_file(&link).with_context(|| format!("cannot replace {}", link.display()))?;
        } else if link.exists() {
            bail!("{} is there already, and no link", link.display());
        }
        symlink(&program, &link).with_context(|| format!("cannot make {}", link.display()))?;
        answer(&format!("{}\n", link.display()))?;
    }
    Ok(ExitCode::SUCCESS)
}

/// Prints the toolchain file.
pub(super) fn cmake() -> Result<ExitCode> {
    let program = program()?;
    answer(&CMAKE.replace("@PROGRAM@", program.to_str().context("this program is at a path that is not UTF-8")?))?;
    Ok(ExitCode::SUCCESS)
}

fn program() -> Result<PathBuf> {
    env::current_exe().context("cannot tell where this program is")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn links_are_made_and_replaced_but_no_files() {
        let directory = tempfile::tempdir().expect("a directory");
        for _ in 0..2 {
            links(directory.path(), &["cc", "ar"]).expect("makes links");
            assert_eq!(
                fs::read_link(directory.path().join("berkeley-cc")).expect("a link"),
                program().expect("a path")
            );
        }
        fs::write(directory.path().join("berkeley-nm"), "").expect("writes");
        assert!(links(directory.path(), &["nm"]).is_err());
    }
}
