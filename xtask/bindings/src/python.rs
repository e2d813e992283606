//! The table by which the machine code of the Python package calls the host: each function's types, with the sizes and
//! places of the canonical ABI, and the names that they have in the bindings for Python.

mod table;

use std::fmt::Write as _;

use anyhow::{Context, Result};
use wit_bindgen_core::wit_parser::abi::{AbiVariant, WasmType};
use wit_bindgen_core::wit_parser::{Function, InterfaceId, Resolve, WorldId, WorldItem};
use wit_component::{StringEncoding, metadata};

use table::{BINDINGS, Table};

/// The package all functions of which are called so. Of others, those are which take bytes.
const PACKAGE: &str = "berkeley:sockets/";

/// The section's name; what is behind `component-type:` tells it apart from those of other libraries.
const SECTION: &str = "component-type:berkeley-python";

/// What stands at the head of the file.
const HEAD: &str = include_str!("python/head.rs.txt");

/// The table, as Rust.
pub(crate) fn generate(resolve: &Resolve, world: WorldId) -> Result<String> {
    let mut table = Table::new(resolve)?;
    let (mut host, mut functions, mut entries, mut drops) = (Host::default(), vec![], String::new(), vec![]);
    let (mut parameter_words, mut result_words) = (0, 0);
    for (interface, function) in called(resolve, world, &table)? {
        let signature = resolve.wasm_signature(AbiVariant::GuestImport, function);
        let module = resolve.id_of(interface).context("an interface has no name")?;
        let number = host.add(&module, &function.name, &signature.params, signature.results.first());
        let row = table.function(interface, function, signature.indirect_params, signature.retptr)?;
        functions.push(format!("Function {{ {row}, call: call_{number}, entry: entry_{number} }}"));
        writeln!(entries, "entry!(entry_{number}, {number});")?;
        let (parameters, result) = table.sizes(function);
        parameter_words = parameter_words.max(parameters.div_ceil(8));
        result_words = result_words.max(result.div_ceil(8));
    }
    for (module, name) in table.resources() {
        let number = host.add(&module, &format!("[resource-drop]{name}"), &[WasmType::I32], None);
        drops.push(format!("call_{number}"));
    }
    let classes = table.classes().map(|(module, name)| format!("(c\"{BINDINGS}.{module}\", c\"{name}\")"));
    let classes =
        list("The classes of the bindings, by the modules that they are in.", "CLASSES", "(&CStr, &CStr)", classes);
    let names = list("The names of attributes.", "NAMES", "&CStr", table.names().map(|name| format!("c\"{name}\"")));
    let functions = list("What is called.", "FUNCTIONS", "Function", functions.into_iter());
    let drops =
        list("What gives resources back, by their numbers in [`Type::Own`].", "DROPS", "Call", drops.into_iter());
    let description = metadata::encode(resolve, world, StringEncoding::UTF8, None)?;
    Ok(format!(
        "{HEAD}\n\
         /// How many words the parameters that are passed in memory take at most, and a result.\n\
         pub(crate) const PARAMETER_WORDS: usize = {parameter_words};\n\
         pub(crate) const RESULT_WORDS: usize = {result_words};\n\n\
         {classes}{names}{}\n{}\n{entries}\n{functions}{drops}\
         #[cfg(target_arch = \"wasm32\")]\n\
         #[used]\n\
         #[unsafe(link_section = \"{SECTION}\")]\n\
         static DESCRIPTION: [u8; {}] = *b\"{}\";\n",
        table.types(),
        host.text,
        description.len(),
        literal(&description),
    ))
}

/// The functions that are called by the table.
fn called<'a>(resolve: &'a Resolve, world: WorldId, table: &Table<'_>) -> Result<Vec<(InterfaceId, &'a Function)>> {
    let mut called = vec![];
    for item in resolve.worlds[world].imports.values() {
        let WorldItem::Interface { id, .. } = item else { continue };
        let is_own = resolve.id_of(*id).context("an interface has no name")?.starts_with(PACKAGE);
        let functions = resolve.interfaces[*id].functions.values();
        called
            .extend(functions.filter(|function| is_own || table.takes_bytes(function)).map(|function| (*id, function)));
    }
    Ok(called)
}

/// A list of the table.
fn list(documentation: &str, name: &str, ty: &str, rows: impl Iterator<Item = String>) -> String {
    let rows: Vec<_> = rows.map(|row| format!("    {row},\n")).collect();
    format!("/// {documentation}\npub(crate) static {name}: [{ty}; {}] = [\n{}];\n\n", rows.len(), rows.concat())
}

/// The declarations of the host's functions, and what calls each with values of 64 bits.
#[derive(Default)]
struct Host {
    text: String,
    count: usize,
}

impl Host {
    /// Adds a function, and gives its number.
    fn add(&mut self, module: &str, name: &str, params: &[WasmType], result: Option<&WasmType>) -> usize {
        let number = self.count;
        self.count += 1;
        let types: Vec<_> = params.iter().map(|ty| format!("_: {}", core(ty))).collect();
        let values: Vec<_> =
            params.iter().enumerate().map(|(at, ty)| format!("values[{at}] as {}", core(ty))).collect();
        let call = format!("import_{number}({})", values.join(", "));
        let (result, body) = match result {
            Some(ty) => (format!(" -> {}", core(ty)), format!("unsafe {{ {call} as u64 }}")),
            None => (String::new(), format!("unsafe {{ {call} }};\n    0")),
        };
        write!(
            self.text,
            "#[cfg_attr(target_arch = \"wasm32\", link(wasm_import_module = \"{module}\"))]\n\
             unsafe extern \"C\" {{\n    #[link_name = \"{name}\"]\n    fn import_{number}({}){result};\n}}\n\
             unsafe fn call_{number}(values: &Values) -> u64 {{\n    {body}\n}}\n",
            types.join(", ")
        )
        .expect("a string takes it");
        number
    }
}

/// The core type, with pointers as what they are in 32 bits.
fn core(ty: &WasmType) -> &'static str {
    match ty {
        WasmType::I32 | WasmType::Pointer | WasmType::Length => "i32",
        WasmType::I64 | WasmType::PointerOrI64 => "i64",
        WasmType::F32 => "f32",
        WasmType::F64 => "f64",
    }
}

/// Bytes, as they stand in a literal.
fn literal(content: &[u8]) -> String {
    let mut text = String::new();
    for line in content.chunks(32) {
        text.push_str("\\\n");
        for byte in line {
            match byte {
                b'"' | b'\\' | b' ' => write!(text, "\\x{byte:02x}"),
                0x21..0x7f => write!(text, "{}", char::from(*byte)),
                _ => write!(text, "\\x{byte:02x}"),
            }
            .expect("a string takes it");
        }
    }
    text
}
