//! Types and functions as rows of the table.

use std::collections::HashMap;
use std::fmt::Write as _;

use anyhow::{Context, Result, bail};
use wit_bindgen_core::wit_parser::abi::{FlatTypes, WasmType};
use wit_bindgen_core::wit_parser::{
    Function, FunctionKind, Handle, Int, InterfaceId, Resolve, SizeAlign, Type, TypeDefKind, TypeId, TypeOwner,
};

/// Where componentize-py writes the bindings in every build.
pub(super) const BINDINGS: &str = "berkeley_sockets.bindings.imports";

/// The names of attributes that come first in the table.
const NAMES: [&str; 3] = ["value", "handle", "finalizer"];

/// The most that one value takes that is flattened: more cannot be passed so.
const FLAT: usize = 32;

/// `a-name` as `AName`.
fn camel(name: &str) -> String {
    let capital = |word: &str| word[..1].to_uppercase() + &word[1..];
    name.split('-').map(capital).collect()
}

fn snake(name: &str) -> String {
    name.replace(['-', ':', '/', '@', '.'], "_")
}

/// A class of the bindings.
struct Class {
    module: String,
    name: String,
    /// The module and the name of what it is a resource of, if it is one.
    resource: Option<(String, String)>,
}

/// What is written of types while functions are.
pub(super) struct Table<'a> {
    resolve: &'a Resolve,
    sizes: SizeAlign,
    /// What was written, and the number of each type there.
    types: String,
    known: HashMap<Type, usize>,
    classes: Vec<Class>,
    names: Vec<String>,
}

impl<'a> Table<'a> {
    pub(super) fn new(resolve: &'a Resolve) -> Result<Self> {
        let mut sizes = SizeAlign::default();
        sizes.fill(resolve)?;
        let names = NAMES.map(str::to_owned).into();
        Ok(Self { resolve, sizes, types: String::new(), known: HashMap::new(), classes: vec![], names })
    }

    /// The types that were needed.
    pub(super) fn types(&self) -> &str {
        &self.types
    }

    /// The modules and the names of the classes.
    pub(super) fn classes(&self) -> impl Iterator<Item = (&str, &str)> {
        self.classes.iter().map(|class| (class.module.as_str(), class.name.as_str()))
    }

    /// The interfaces and the names of the resources among them.
    pub(super) fn resources(&self) -> Vec<(String, String)> {
        self.classes.iter().filter_map(|class| class.resource.clone()).collect()
    }

    pub(super) fn names(&self) -> impl Iterator<Item = &str> {
        self.names.iter().map(String::as_str)
    }

    /// How many bytes the parameters of a function take in memory, and its result.
    pub(super) fn sizes(&self, function: &Function) -> (usize, usize) {
        let parameters = self.sizes.params(function.params.iter().map(|param| &param.ty)).size;
        (parameters.size_wasm32(), function.result.as_ref().map_or(0, |ty| self.sizes.size(ty).size_wasm32()))
    }

    /// One row of the functions.
    pub(super) fn function(
        &mut self,
        interface: InterfaceId,
        function: &Function,
        indirect: bool,
        memory: bool,
    ) -> Result<String> {
        let module = self.module(interface)?;
        let place = match function.kind {
            FunctionKind::Freestanding => format!("Place::Module(c\"{BINDINGS}.{module}\")"),
            FunctionKind::Method(resource) => format!("Place::Method({})", self.class(resource, None)?),
            FunctionKind::Static(resource) => format!("Place::Static({})", self.class(resource, None)?),
            _ => bail!("{} is of a kind that is not known", function.name),
        };
        let name = snake(function.item_name());
        let params = function.params.iter().map(|param| (param.name.as_str(), param.ty));
        let params = self.fields(params, false)?;
        let result = match function.result {
            None => "Outcome::Nothing".into(),
            Some(ty) => self.outcome(ty)?,
        };
        Ok(format!(
            "name: c\"{name}\", place: {place}, parameters: &[{params}], is_indirect: {indirect}, \
             outcome: {result}, in_memory: {memory}"
        ))
    }

    fn outcome(&mut self, ty: Type) -> Result<String> {
        let Type::Id(id) = ty else { return Ok(format!("Outcome::Value(&TYPE_{})", self.number(ty)?)) };
        let TypeDefKind::Result(result) = &self.resolve.types[id].kind else {
            return Ok(format!("Outcome::Value(&TYPE_{})", self.number(ty)?));
        };
        let payload = self.payload([result.ok.as_ref(), result.err.as_ref()]);
        let (ok, err) = (self.maybe(result.ok)?, self.maybe(result.err)?);
        Ok(format!("Outcome::Result {{ ok: {ok}, err: {err}, payload: {payload} }}"))
    }

    fn payload<'b>(&self, cases: impl IntoIterator<Item = Option<&'b Type>>) -> usize {
        self.sizes.payload_offset(Int::U8, cases).size_wasm32()
    }

    fn maybe(&mut self, ty: Option<Type>) -> Result<String> {
        Ok(match ty {
            None => "None".into(),
            Some(ty) => format!("Some(&TYPE_{})", self.number(ty)?),
        })
    }

    /// Fields at their places. Those of a record have names.
    fn fields<'b>(&mut self, fields: impl Iterator<Item = (&'b str, Type)>, is_named: bool) -> Result<String> {
        let fields: Vec<_> = fields.collect();
        let places = self.sizes.field_offsets(fields.iter().map(|(_, ty)| ty));
        let places: Vec<_> = places.into_iter().map(|(place, _)| place.size_wasm32()).collect();
        let mut text = vec![];
        for ((name, ty), place) in fields.into_iter().zip(places) {
            let name = if is_named { self.name(snake(name)) } else { 0 };
            text.push(format!("Field {{ name: {name}, at: {place}, ty: &TYPE_{} }}", self.number(ty)?));
        }
        Ok(text.join(", "))
    }

    fn name(&mut self, name: String) -> usize {
        self.names.iter().position(|known| *known == name).unwrap_or_else(|| {
            self.names.push(name);
            self.names.len() - 1
        })
    }

    /// The number of a class: of a type, or of a case of it.
    fn class(&mut self, id: TypeId, case: Option<&str>) -> Result<usize> {
        let ty = &self.resolve.types[id];
        let TypeOwner::Interface(interface) = ty.owner else { bail!("a type is in no interface") };
        let own = ty.name.as_deref().context("a type has no name")?;
        let module = self.module(interface)?;
        let name = case.map_or_else(|| camel(own), |case| format!("{}_{}", camel(own), camel(case)));
        let is_same = |class: &Class| class.module == module && class.name == name;
        if let Some(at) = self.classes.iter().position(is_same) {
            return Ok(at);
        }
        let is_resource = matches!(ty.kind, TypeDefKind::Resource);
        let resource = is_resource.then(|| (self.resolve.id_of(interface).expect("it has one"), own.to_owned()));
        self.classes.push(Class { module, name, resource });
        Ok(self.classes.len() - 1)
    }

    fn module(&self, interface: InterfaceId) -> Result<String> {
        Ok(snake(&self.resolve.id_of(interface).context("an interface has no name")?))
    }

    /// The number of the type in the table, where it is written if it is not yet there.
    fn number(&mut self, ty: Type) -> Result<usize> {
        let ty = self.origin(ty);
        if let Some(number) = self.known.get(&ty) {
            return Ok(*number);
        }
        let text = match ty {
            Type::Bool => "Bool".into(),
            Type::U8 => "Unsigned(1)".into(),
            Type::U16 => "Unsigned(2)".into(),
            Type::U32 => "Unsigned(4)".into(),
            Type::U64 => "Unsigned(8)".into(),
            Type::S8 => "Signed(1)".into(),
            Type::S16 => "Signed(2)".into(),
            Type::S32 => "Signed(4)".into(),
            Type::S64 => "Signed(8)".into(),
            Type::String => "Text".into(),
            Type::Id(id) => self.defined(id)?,
            other => bail!("values of the type {other:?} are not known"),
        };
        let number = self.known.len();
        self.known.insert(ty, number);
        writeln!(self.types, "static TYPE_{number}: Type = Type::{text};")?;
        Ok(number)
    }

    fn defined(&mut self, id: TypeId) -> Result<String> {
        let resolve = self.resolve;
        Ok(match &resolve.types[id].kind {
            TypeDefKind::List(Type::U8) => "Bytes".into(),
            TypeDefKind::List(ty) => {
                if self.sizes.align(ty).align_wasm32() == 1 {
                    bail!("a list of what has no alignment, as bytes have none, is not known");
                }
                let size = self.sizes.size(ty).size_wasm32();
                format!("List {{ item: &TYPE_{}, size: {size} }}", self.number(*ty)?)
            }
            TypeDefKind::Tuple(tuple) => {
                format!("Tuple(&[{}])", self.fields(tuple.types.iter().map(|ty| ("", *ty)), false)?)
            }
            TypeDefKind::Record(record) => {
                let fields = self.fields(record.fields.iter().map(|field| (field.name.as_str(), field.ty)), true)?;
                format!("Record {{ class: {}, fields: &[{fields}] }}", self.class(id, None)?)
            }
            TypeDefKind::Variant(variant) => {
                let payload = self.payload(variant.cases.iter().map(|case| case.ty.as_ref()));
                let mut cases = vec![];
                for case in &variant.cases {
                    let (class, ty) = (self.class(id, Some(&case.name))?, self.maybe(case.ty)?);
                    cases.push(format!("Case {{ class: {class}, ty: {ty} }}"));
                }
                let flat = self.flat(&Type::Id(id))?;
                format!("Variant {{ cases: &[{}], payload: {payload}, flat: {flat} }}", cases.join(", "))
            }
            TypeDefKind::Option(ty) => {
                let flat = self.flat(&Type::Id(id))?;
                let payload = self.payload([Some(ty)]);
                format!("Option {{ some: &TYPE_{}, payload: {payload}, flat: {flat} }}", self.number(*ty)?)
            }
            TypeDefKind::Enum(_) | TypeDefKind::Flags(_) => {
                let size = self.sizes.size(&Type::Id(id)).size_wasm32();
                format!("Numbered {{ class: {}, size: {size} }}", self.class(id, None)?)
            }
            TypeDefKind::Handle(Handle::Borrow(_)) => "Borrow".into(),
            TypeDefKind::Handle(Handle::Own(resource)) => {
                let class = match self.origin(Type::Id(*resource)) {
                    Type::Id(resource) => self.class(resource, None)?,
                    _ => bail!("a handle is of no resource"),
                };
                let drop = self.classes[..class].iter().filter(|class| class.resource.is_some()).count();
                format!("Own {{ class: {class}, drop: {drop} }}")
            }
            kind => bail!("a {} inside of another type is not known", kind.as_str()),
        })
    }

    /// How many values a type is flattened to.
    fn flat(&self, ty: &Type) -> Result<usize> {
        let mut place = [WasmType::I32; FLAT];
        let mut flat = FlatTypes::new(&mut place);
        if !self.resolve.push_flat(ty, &mut flat) {
            bail!("a type is flattened to more than {FLAT} values");
        }
        Ok(flat.to_vec().len())
    }

    /// The type that others are names of.
    fn origin(&self, ty: Type) -> Type {
        match ty {
            Type::Id(id) => match self.resolve.types[id].kind {
                TypeDefKind::Type(of) => self.origin(of),
                _ => ty,
            },
            _ => ty,
        }
    }

    /// Whether bytes are among what the function takes.
    pub(super) fn takes_bytes(&self, function: &Function) -> bool {
        function.params.iter().any(|param| self.has_bytes(param.ty))
    }

    fn has_bytes(&self, ty: Type) -> bool {
        let Type::Id(id) = ty else { return false };
        match &self.resolve.types[id].kind {
            TypeDefKind::List(Type::U8) => true,
            TypeDefKind::List(ty) | TypeDefKind::Type(ty) | TypeDefKind::Option(ty) => self.has_bytes(*ty),
            TypeDefKind::Record(record) => record.fields.iter().any(|field| self.has_bytes(field.ty)),
            TypeDefKind::Tuple(tuple) => tuple.types.iter().any(|ty| self.has_bytes(*ty)),
            TypeDefKind::Variant(variant) => {
                variant.cases.iter().filter_map(|case| case.ty).any(|ty| self.has_bytes(ty))
            }
            _ => false,
        }
    }
}
