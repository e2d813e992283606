//! The emulated machine: what it is made of, and running it.

use std::env;
use std::ffi::OsString;
use std::fs::{self, File, Permissions};
use std::io::{BufRead as _, BufReader};
use std::os::unix::fs::PermissionsExt as _;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::thread;

use anyhow::{Context, Result, anyhow, bail};

use crate::apt::Apt;
use crate::command;
use crate::lab::report::{PROGRAM_END, STDERR};

/// Where Debian's packages are unpacked.
const ROOT: &str = "target/lab/root";

/// What the machine may write to: how the first process learns what to do, and what shall be there the next time.
const SHARE: &str = "target/lab/share";

/// One lab at a time.
const LOCK: &str = "target/lab/lock";

/// What the kernel says.
const CONSOLE: &str = "target/lab/console.log";

/// The first files that the kernel sees.
const INITRD: &str = "target/lab/initrd";

/// The emulator and its package.
const QEMU: (&str, &str) = ("qemu-system-x86_64", "qemu-system-x86");

/// The package that stands for the newest kernel.
const KERNEL: &str = "linux-image-amd64";

/// The program of the first process, in one file that needs no others.
const BUSYBOX: &str = "busybox-static";

/// The first process.
const INIT: &str = include_str!("init.sh");

/// What the kernel calls for a module, with an alias as the last argument.
const MODPROBE: &str = "#!/bin/busybox sh\ncase \"$*\" in *crypto-*) exec /bin/busybox modprobe \"$@\";; esac\n";

/// What the kernel needs before it sees the host's files.
const MODULES: [&str; 3] = ["virtio_pci", "9pnet_virtio", "9p"];

/// The memory of the machine, in MiB.
const MEMORY: usize = 2048;

/// So many seconds after its start the machine goes off, whatever hangs.
const LONGEST: usize = 2400;

/// How many tests run at once: most of them wait for programs to start.
const THREADS: usize = 3;

/// The variables that say which calls the tests draw at random.
const DRAWING: [&str; 2] = ["BERKELEY_SEED", "BERKELEY_SCRIPTS"];

/// The last line of a run that came to its end.
const END: &str = "the lab ends here";

/// A machine that is ready to boot.
pub(crate) struct Machine {
    qemu: PathBuf,
    kernel: PathBuf,
    /// Held as long as the machine may run: a second one would do what the first is told.
    _lock: File,
}

/// The line of a script that runs those tests of a program that the filters choose.
pub(crate) fn line(program: &Path, filters: &[String]) -> String {
    let mut command = Command::new(program);
    command.args(["--color=never", &format!("--test-threads={THREADS}")]).args(filters);
    format!("{} 2>>{STDERR}; echo {PROGRAM_END}$?\n", command::line(&command))
}

/// The line of a script that runs a command, and tells its exit code.
pub(crate) fn command_line(command: &Command) -> String {
    format!("{} </dev/null; echo {PROGRAM_END}$?\n", command::line(command))
}

impl Machine {
    /// Gets the emulator and the kernel, and makes what the kernel starts with.
    pub(crate) fn set_up(apt: &mut Apt) -> Result<Self> {
        if env::consts::ARCH != "x86_64" || env::consts::OS != "linux" {
            bail!("the lab runs this machine's programs under a kernel for x86-64, so it needs Linux on x86-64");
        }
        fs::create_dir_all(Path::new(SHARE).join("cache")).context("cannot make the share of the lab")?;
        let lock = File::create(LOCK).with_context(|| format!("cannot write {LOCK}"))?;
        lock.lock().with_context(|| format!("cannot lock {LOCK}"))?;
        if !Path::new(ROOT).is_dir() {
            unpack(apt).map_err(|error| {
                anyhow!("the lab cannot be set up: {error:#}\n  what to do: run it on Debian, or where apt-get has Debian's packages")
            })?;
        }
        let kernel = find(&["boot"], "vmlinuz-")?;
        let modules = find(&["lib/modules", "usr/lib/modules"], "")?;
        let qemu = command::find(QEMU.0).map_or_else(|| program(QEMU.0), Ok)?;
        let parent = modules.parent().context("the modules are in a directory")?;
        share("modules", &parent.display().to_string())?;
        share("workspace", &workspace()?.display().to_string())?;
        make_initrd(&modules)?;
        Ok(Self { qemu, kernel, _lock: lock })
    }

    /// Boots, runs the lines of the script, and passes on what they write, line by line.
    pub(crate) fn run(&self, script: &str, mut take: impl FnMut(&str)) -> Result<()> {
        share("terminal", "raw")?;
        // When the shell ends, what is not sent yet is lost: setting the terminal as it is waits until it is.
        share("run.sh", &format!("{}{script}echo {END}\nstty -onlcr\n", preparation()?))?;
        fs::write(STDERR, "").with_context(|| format!("cannot write {STDERR}"))?;
        let mut child = self.start(Command::stdin(&mut self.command("on"), Stdio::null()).stdout(Stdio::piped()))?;
        let stdout = child.stdout.take().context("its output is a pipe")?;
        let mut has_ended = false;
        for line in BufReader::new(stdout).split(b'\n') {
            let line = line.context("cannot read what the lab says")?;
            let line = String::from_utf8_lossy(&line);
            let line = line.trim_end_matches('\r');
            if line == END {
                has_ended = true;
            } else {
                take(line);
            }
        }
        let status = child.wait().context("cannot wait for the lab")?;
        if !has_ended {
            bail!(
                "the lab went off before its tests had ended ({status})\n  what to do: see what the kernel said in {CONSOLE}"
            );
        }
        Ok(())
    }

    /// Boots, and lets the person at the terminal type commands.
    pub(crate) fn shell(&self) -> Result<()> {
        share("terminal", "sane")?;
        share("run.sh", &format!("{}exec \"${{SHELL:-/bin/sh}}\"\n", preparation()?))?;
        // The keys that end programs end those in the machine.
        let status = self.start(&mut self.command("off"))?.wait().context("cannot wait for the lab")?;
        if !status.success() {
            bail!("{} failed ({status})", self.qemu.display());
        }
        Ok(())
    }

    fn start(&self, command: &mut Command) -> Result<Child> {
        command.spawn().with_context(|| format!("cannot start {}", self.qemu.display()))
    }

    /// The emulator. Its second serial line is this process's terminal, or what took its place.
    fn command(&self, signal: &str) -> Command {
        let mut command = Command::new(&self.qemu);
        if self.qemu.starts_with(ROOT) {
            // What was unpacked knows only the places where it would have been installed.
            let libraries = ["usr/lib/x86_64-linux-gnu", "lib/x86_64-linux-gnu"].map(|path| Path::new(ROOT).join(path));
            command.env("LD_LIBRARY_PATH", env::join_paths(libraries).unwrap_or_default());
            for data in ["qemu", "seabios"] {
                command.arg("-L").arg(Path::new(ROOT).join("usr/share").join(data));
            }
        }
        let processors = thread::available_parallelism().map_or(1, usize::from).min(4);
        let shared = |path: &str, tag: &str, more: &str| {
            format!("local,path={},mount_tag={tag},security_model=none,multidevs=remap{more}", path.replace(',', ",,"))
        };
        command.args(["-machine", "q35,accel=tcg", "-cpu", "max", "-no-reboot", "-nodefaults", "-display", "none"]);
        command.args(["-m", &MEMORY.to_string(), "-smp", &processors.to_string()]);
        command.arg("-kernel").arg(&self.kernel).args(["-initrd", INITRD]);
        // Nobody is to be kept out of anything, and what does so is slow where it is emulated.
        command.args(["-append", "console=ttyS0 panic=-1 quiet mitigations=off"]);
        command.args(["-serial", &format!("file:{CONSOLE}")]);
        command.args(["-chardev", &format!("stdio,id=terminal,signal={signal}"), "-serial", "chardev:terminal"]);
        command.args(["-virtfs", &shared("/", "host", ",readonly=on"), "-virtfs", &shared(SHARE, "lab", "")]);
        command
    }
}

/// Unpacks the packages.
fn unpack(apt: &mut Apt) -> Result<()> {
    let kernel = apt.stands_for(KERNEL, "linux-image-")?;
    let emulator: &[&str] = if command::find(QEMU.0).is_some() { &[] } else { &[QEMU.1] };
    let fresh = Path::new(ROOT).with_extension("new");
    apt.unpack(&[&kernel, BUSYBOX], emulator, &fresh)?;
    // Once it is there, it is complete.
    fs::rename(&fresh, ROOT).with_context(|| format!("cannot rename {}", fresh.display()))
}

/// The entry of one of these directories of the packages whose name begins so.
fn find(directories: &[&str], begin: &str) -> Result<PathBuf> {
    let entries = directories.iter().filter_map(|directory| fs::read_dir(Path::new(ROOT).join(directory)).ok());
    let mut entries = entries.flatten().flatten();
    let found = entries.find(|entry| entry.file_name().to_string_lossy().starts_with(begin));
    found.map(|entry| entry.path()).with_context(|| {
        format!("{ROOT} has no {begin}* in {}; remove {ROOT}, and it is got anew", directories.join(", "))
    })
}

/// A program of the packages.
fn program(name: &str) -> Result<PathBuf> {
    let mut places = ["usr/bin", "bin", "usr/sbin", "sbin"].iter().map(|place| Path::new(ROOT).join(place).join(name));
    let found = places.find(|path| path.is_file());
    found.with_context(|| format!("{ROOT} has no {name}; remove {ROOT}, and it is got anew"))
}

/// Tells the first process something.
fn share(name: &str, text: &str) -> Result<()> {
    let path = Path::new(SHARE).join(name);
    fs::write(&path, text).with_context(|| format!("cannot write {}", path.display()))
}

fn workspace() -> Result<PathBuf> {
    env::current_dir().context("cannot tell where the workspace is")
}

/// The lines that come before those of a script: what they find is what this process would find.
fn preparation() -> Result<String> {
    let workspace = workspace()?;
    let mut tests = Command::new("env");
    for (name, value) in [
        ("PATH", path()?),
        ("HOME", "/tmp".into()),
        // Compiled guests are kept: the emulated processor takes seconds to compile one.
        ("BERKELEY_CACHE_HOME", workspace.join(SHARE).join("cache/berkeley").into()),
        // A family that is not there is an error here.
        ("BERKELEY_LAB", "1".into()),
    ] {
        tests.env(name, value);
    }
    for name in DRAWING {
        tests.envs(env::var_os(name).map(|value| (name, value)));
    }
    let variables = command::line(&tests);
    let variables = variables.strip_suffix(" env").unwrap_or_default();
    let mut directory = Command::new("cd");
    directory.arg(workspace);
    let watch = format!("(sleep {LONGEST}; echo o >/proc/sysrq-trigger) >/dev/null 2>&1 </dev/null &");
    Ok(format!("export {variables}\n{}\n{watch}\n", command::line(&directory)))
}

/// PATH, with the Python that `python3` is, which may be a script that looks for it, before all else.
fn path() -> Result<OsString> {
    let python = command::output(Command::new("python3").args(["-c", "import sys; print(sys.executable)"]))?;
    let python = Path::new(&python).parent().map(Path::to_owned);
    let path = env::var_os("PATH").unwrap_or_default();
    Ok(env::join_paths(python.into_iter().chain(env::split_paths(&path)))?)
}

/// Makes the archive of the first files: the program of the first process, its script, and the first modules.
fn make_initrd(modules: &Path) -> Result<()> {
    let busybox = program("busybox")?;
    let version = modules.file_name().context("the modules have a version")?;
    let tree = Path::new("target/lab/initrd.d");
    if tree.exists() {
        fs::remove_dir_all(tree)?;
    }
    for directory in ["bin", "sbin", "proc", "sys", "dev", "host", "lab", "temporary", "workspace"] {
        fs::create_dir_all(tree.join(directory))?;
    }
    fs::copy(&busybox, tree.join("bin/busybox"))?;
    for (name, text) in [("init", INIT), ("sbin/modprobe-algorithm", MODPROBE)] {
        let path = tree.join(name);
        fs::write(&path, text)?;
        fs::set_permissions(path, Permissions::from_mode(0o755))?;
    }

    let list = modules.join("modules.dep");
    if !list.exists() {
        let base = fs::canonicalize(ROOT)?;
        command::output(Command::new(&busybox).args(["depmod", "-b"]).arg(base).arg(version))?;
    }
    let list = fs::read_to_string(&list).with_context(|| format!("cannot read {}", list.display()))?;
    let own = tree.join("lib/modules").join(version);
    fs::create_dir_all(&own)?;
    fs::write(own.join("modules.dep"), &list)?;
    for file in needed(&list, &MODULES) {
        let to = own.join(file);
        fs::create_dir_all(to.parent().context("a module is in a directory")?)?;
        fs::copy(modules.join(file), to).with_context(|| format!("cannot copy the module {file}"))?;
    }
    let archive =
        format!("find . | {} cpio -o -H newc >../initrd", command::line(&Command::new(fs::canonicalize(busybox)?)));
    command::output(Command::new("sh").args(["-c", &archive]).current_dir(tree)).map(drop)
}

/// The files of modules, and of those that they need: `modules.dep` has a line for each, with what it needs.
fn needed<'a>(list: &'a str, names: &[&str]) -> Vec<&'a str> {
    let is = |file: &str, name: &str| {
        let file = file.rsplit('/').next().unwrap_or_default().split(".ko").next().unwrap_or_default();
        file.replace('-', "_") == name.replace('-', "_")
    };
    let lines = list.lines().filter_map(|line| line.split_once(':'));
    let wanted = lines.filter(|(file, _)| names.iter().any(|name| is(file, name)));
    let mut files: Vec<&str> =
        wanted.flat_map(|(file, needs)| [file].into_iter().chain(needs.split_whitespace())).collect();
    files.sort_unstable();
    files.dedup();
    files
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_line_runs_a_program_and_tells_its_exit_code() {
        let filters = ["can".to_owned(), "two words".to_owned()];
        let expected = "/t --color=never --test-threads=3 can 'two words' 2>>target/lab/share/stderr; \
                        echo the-program-ends-with:$?\n";
        assert_eq!(line(Path::new("/t"), &filters), expected);
    }

    #[test]
    fn what_a_module_needs_comes_with_it() {
        let list = "kernel/fs/9p/9p.ko: kernel/net/9p/9pnet.ko kernel/fs/fscache/fscache.ko\n\
                    kernel/net/9p/9pnet.ko:\nkernel/drivers/net/can/vcan.ko.xz:\nkernel/net/can/can-raw.ko: kernel/net/can/can.ko\n";
        let files = ["kernel/fs/9p/9p.ko", "kernel/fs/fscache/fscache.ko", "kernel/net/9p/9pnet.ko"];
        assert_eq!(needed(list, &["9p"]), files);
        assert_eq!(needed(list, &["can_raw"]), ["kernel/net/can/can-raw.ko", "kernel/net/can/can.ko"]);
        assert_eq!(needed(list, &["vcan"]), ["kernel/drivers/net/can/vcan.ko.xz"]);
        assert_eq!(needed(list, &["nothing"]), [""; 0]);
    }
}
