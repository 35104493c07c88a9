//! From CEL's syntax tree to our own.

use std::collections::BTreeSet;

use cel::common::ast::{
    CallExpr, EntryExpr, Expr, IdedExpr, LiteralValue, operators as cel_operators,
};
use regex::Regex;

use crate::locals::Locals;
use crate::node::{Comparison, Node};
use crate::operators::Arithmetic;
use crate::parse::{on_a_stack_for, parse};
use crate::path::MemberPath;
use crate::quantifier::{Kind, Quantifier};
use crate::spelling::shared;
use crate::suggest::nearest;
use crate::{CompileError, Environment};

/// Expressions nested deeper than this are refused, so that neither compiling nor evaluating one
/// can exhaust the stack.
const DEPTH: usize = 64;

/// What an expression reads.
#[derive(Debug, Default)]
pub(crate) struct Reads {
    pub(crate) variables: BTreeSet<String>,
    pub(crate) paths: BTreeSet<MemberPath>,
}

/// Compiles an expression.
pub(crate) fn compile(
    environment: &Environment,
    source: &str,
) -> Result<(Node, Reads), CompileError> {
    on_a_stack_for(source, || {
        let tree = parse(source)?;
        let mut compiler = Compiler {
            environment,
            locals: Locals::default(),
            depth: 0,
            reads: Reads::default(),
        };
        let root = compiler.node(&tree)?;
        Ok((root, compiler.reads))
    })?
}

struct Compiler<'e> {
    environment: &'e Environment,
    locals: Locals,
    depth: usize,
    reads: Reads,
}

impl Compiler<'_> {
    /// Compiles a node and records the path it reads, if it is one.
    fn node(&mut self, tree: &IdedExpr) -> Result<Node, CompileError> {
        if let Some(path) = self.locals.path(&tree.expr) {
            self.reads.paths.insert(path);
        }
        self.inner(tree)
    }

    /// Compiles a node that is part of a longer path.
    fn inner(&mut self, tree: &IdedExpr) -> Result<Node, CompileError> {
        self.depth += 1;
        if self.depth > DEPTH {
            return Err(CompileError::new(format!("nested more than {DEPTH} deep")));
        }
        let node = self.expression(&tree.expr);
        self.depth -= 1;
        node
    }

    fn expression(&mut self, expr: &Expr) -> Result<Node, CompileError> {
        match expr {
            Expr::Literal(literal) => self::literal(literal),
            Expr::Ident(name) => self.name(name),
            Expr::Select(select) => Ok(Node::Member(
                Box::new(self.owner(&select.operand)?),
                select.field.as_str().into(),
            )),
            Expr::List(list) => Ok(Node::List(self.nodes(&list.elements)?)),
            Expr::Map(map) => {
                let mut entries = Vec::new();
                for entry in &map.entries {
                    let EntryExpr::MapEntry(entry) = &entry.expr else {
                        return Err(CompileError::new("an object literal has keys and values"));
                    };
                    entries.push((self.node(&entry.key)?, self.node(&entry.value)?));
                }
                Ok(Node::Map(entries))
            }
            Expr::Call(call) => self.call(call),
            Expr::Struct(literal) => Err(CompileError::new(format!(
                "`{}{{..}}`: message literals are not part of the language",
                literal.type_name
            ))),
            Expr::Comprehension(_) | Expr::Unspecified => {
                Err(CompileError::new("not an expression"))
            }
        }
    }

    fn nodes(&mut self, trees: &[IdedExpr]) -> Result<Vec<Node>, CompileError> {
        trees.iter().map(|tree| self.node(tree)).collect()
    }

    /// What a member is read from: on the way of a path, no path of its own.
    fn owner(&mut self, tree: &IdedExpr) -> Result<Node, CompileError> {
        if self.locals.path(&tree.expr).is_some() {
            self.inner(tree)
        } else {
            self.node(tree)
        }
    }

    fn name(&mut self, name: &str) -> Result<Node, CompileError> {
        if let Some(depth) = self.locals.depth(name) {
            return Ok(Node::Local(depth));
        }
        self.reads.variables.insert(name.to_owned());
        Ok(Node::Variable(name.into()))
    }

    fn call(&mut self, call: &CallExpr) -> Result<Node, CompileError> {
        if let Some(target) = &call.target {
            if let Some(kind) = Kind::named(&call.func_name) {
                return self.quantifier(kind, target, &call.args);
            }
        } else if let Some(node) = self.operator(call)? {
            return Ok(node);
        }
        let arguments: Vec<&IdedExpr> = call
            .target
            .as_deref()
            .into_iter()
            .chain(&call.args)
            .collect();
        match call.func_name.as_str() {
            "has" => self.has(&arguments),
            "matches" => self.matches(&arguments),
            name => self.function(name, &arguments),
        }
    }

    fn operator(&mut self, call: &CallExpr) -> Result<Option<Node>, CompileError> {
        let comparison = |comparison| move |sides| Node::Compare(comparison, sides);
        let arithmetic = |operator| move |sides| Node::Arithmetic(operator, sides);
        let arguments = &call.args;
        Ok(Some(match call.func_name.as_str() {
            cel_operators::LOGICAL_AND => Node::And(self.nodes(arguments)?),
            cel_operators::LOGICAL_OR => Node::Or(self.nodes(arguments)?),
            cel_operators::LOGICAL_NOT => Node::Not(self.only(arguments)?),
            cel_operators::NEGATE => Node::Negate(self.only(arguments)?),
            cel_operators::CONDITIONAL => {
                let parts: [Node; 3] = self.exactly(arguments)?;
                Node::Conditional(Box::new(parts))
            }
            cel_operators::INDEX => return self.index(arguments).map(Some),
            cel_operators::EQUALS => self.binary(arguments, Node::Equal)?,
            cel_operators::NOT_EQUALS => self.binary(arguments, Node::NotEqual)?,
            cel_operators::IN => self.binary(arguments, Node::In)?,
            cel_operators::LESS => self.binary(arguments, comparison(Comparison::Less))?,
            cel_operators::LESS_EQUALS => {
                self.binary(arguments, comparison(Comparison::LessOrEqual))?
            }
            cel_operators::GREATER => self.binary(arguments, comparison(Comparison::Greater))?,
            cel_operators::GREATER_EQUALS => {
                self.binary(arguments, comparison(Comparison::GreaterOrEqual))?
            }
            cel_operators::ADD => self.binary(arguments, arithmetic(Arithmetic::Add))?,
            cel_operators::SUBSTRACT => self.binary(arguments, arithmetic(Arithmetic::Subtract))?,
            cel_operators::MULTIPLY => self.binary(arguments, arithmetic(Arithmetic::Multiply))?,
            cel_operators::DIVIDE => self.binary(arguments, arithmetic(Arithmetic::Divide))?,
            cel_operators::MODULO => self.binary(arguments, arithmetic(Arithmetic::Remainder))?,
            _ => return Ok(None),
        }))
    }

    fn exactly<const N: usize>(
        &mut self,
        arguments: &[IdedExpr],
    ) -> Result<[Node; N], CompileError> {
        self.nodes(arguments)?
            .try_into()
            .map_err(|_| CompileError::new(format!("an operator needs {N} operands")))
    }

    fn only(&mut self, arguments: &[IdedExpr]) -> Result<Box<Node>, CompileError> {
        let [node] = self.exactly(arguments)?;
        Ok(Box::new(node))
    }

    fn binary(
        &mut self,
        arguments: &[IdedExpr],
        make: impl Fn(Box<[Node; 2]>) -> Node,
    ) -> Result<Node, CompileError> {
        Ok(make(Box::new(self.exactly(arguments)?)))
    }

    fn index(&mut self, arguments: &[IdedExpr]) -> Result<Node, CompileError> {
        let [owner, index] = arguments else {
            return Err(CompileError::new("an index needs a list and a place in it"));
        };
        Ok(Node::Index(
            Box::new(self.owner(owner)?),
            Box::new(self.node(index)?),
        ))
    }

    fn has(&mut self, arguments: &[&IdedExpr]) -> Result<Node, CompileError> {
        let [member] = arguments else {
            return Err(CompileError::new("`has` takes one member: has(a.b)"));
        };
        Ok(Node::Has(Box::new(self.node(member)?)))
    }

    fn matches(&mut self, arguments: &[&IdedExpr]) -> Result<Node, CompileError> {
        let [text, pattern] = arguments else {
            return Err(CompileError::new(
                "`matches` takes a text and a regular expression",
            ));
        };
        let Expr::Literal(LiteralValue::String(pattern)) = &pattern.expr else {
            return Err(CompileError::new(
                "`matches` takes a regular expression written out as a literal",
            ));
        };
        let pattern = Regex::new(pattern.inner()).map_err(|_| {
            CompileError::new(format!("`{}` is no regular expression", pattern.inner()))
        })?;
        Ok(Node::Matches(Box::new(self.node(text)?), Box::new(pattern)))
    }

    fn quantifier(
        &mut self,
        kind: Kind,
        target: &IdedExpr,
        arguments: &[IdedExpr],
    ) -> Result<Node, CompileError> {
        let (variable, condition, transform) = match (kind, arguments) {
            (Kind::Map, [variable, transform]) => (variable, None, Some(transform)),
            (Kind::Map, [variable, condition, transform]) => {
                (variable, Some(condition), Some(transform))
            }
            (Kind::All | Kind::Exists | Kind::ExistsOne | Kind::Filter, [variable, condition]) => {
                (variable, Some(condition), None)
            }
            _ => {
                return Err(CompileError::new(
                    "a quantifier takes a name and a condition: list.exists(x, x == 1)",
                ));
            }
        };
        let Expr::Ident(variable) = &variable.expr else {
            return Err(CompileError::new(
                "the first argument of a quantifier is the name of its element",
            ));
        };
        let range = self.node(target)?;
        let source = self.locals.elements_of(&target.expr);
        self.locals.enter(variable, source);
        let condition = condition.map(|tree| self.node(tree)).transpose();
        let transform = transform.map(|tree| self.node(tree)).transpose();
        self.locals.leave();
        let node = Node::Quantify(Box::new(Quantifier {
            kind,
            range,
            condition: condition?,
            transform: transform?,
        }));
        Ok(shared(node, self.locals.level()))
    }

    fn function(&mut self, name: &str, arguments: &[&IdedExpr]) -> Result<Node, CompileError> {
        let Some(function) = self.environment.function(name).copied() else {
            let hint = nearest(name, self.environment.names())
                .map(|near| format!("; did you mean `{near}`?"));
            return Err(CompileError::new(format!(
                "there is no function `{name}`{}",
                hint.unwrap_or_default()
            )));
        };
        if !function.takes(arguments.len()) {
            let signature = function.description().signature;
            return Err(CompileError::new(format!(
                "`{signature}` was called with {} arguments",
                arguments.len()
            )));
        }
        let arguments = arguments
            .iter()
            .map(|tree| self.node(tree))
            .collect::<Result<_, _>>()?;
        let node = Node::Call(function, arguments);
        if self.environment.is_standard(name) {
            return Ok(node);
        }
        Ok(shared(node, self.locals.level()))
    }
}

fn literal(literal: &LiteralValue) -> Result<Node, CompileError> {
    Ok(match literal {
        LiteralValue::Null => Node::Null,
        LiteralValue::Boolean(flag) => Node::Bool(*flag.inner()),
        LiteralValue::Int(number) => Node::Int(*number.inner()),
        LiteralValue::UInt(number) => Node::Int(
            i64::try_from(*number.inner())
                .map_err(|_| CompileError::new("the number is too large"))?,
        ),
        LiteralValue::Double(number) => Node::Double(*number.inner()),
        LiteralValue::String(text) => Node::Text(text.inner().into()),
        LiteralValue::Bytes(_) => {
            return Err(CompileError::new(
                "byte strings are not part of the language",
            ));
        }
    })
}
