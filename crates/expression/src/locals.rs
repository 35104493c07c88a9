//! The variables of quantifiers while an expression is compiled, and the paths that they stand for.

use cel::common::ast::{CallExpr, Expr, LiteralValue, operators as cel_operators};

use crate::path::{MemberPath, Step};

/// The enclosing quantifiers' variables, outermost first, and the paths that their elements come
/// from.
#[derive(Debug, Default)]
pub(crate) struct Locals(Vec<(String, Option<MemberPath>)>);

impl Locals {
    /// Enters a quantifier whose elements come from `source`.
    pub(crate) fn enter(&mut self, variable: &str, source: Option<MemberPath>) {
        self.0.push((variable.to_owned(), source));
    }

    /// Leaves the innermost quantifier.
    pub(crate) fn leave(&mut self) {
        self.0.pop();
    }

    /// How many quantifiers enclose what is compiled.
    pub(crate) fn level(&self) -> usize {
        self.0.len()
    }

    /// The depth of a variable: 0 is the outermost. Inner ones hide outer ones.
    pub(crate) fn depth(&self, name: &str) -> Option<usize> {
        self.0.iter().rposition(|(local, _)| local == name)
    }

    /// The path that an expression spells.
    pub(crate) fn path(&self, expr: &Expr) -> Option<MemberPath> {
        match expr {
            Expr::Ident(name) => match self.0.iter().rev().find(|(local, _)| local == name) {
                Some((_, source)) => source.clone(),
                None => Some(MemberPath {
                    root: name.clone(),
                    steps: Vec::new(),
                }),
            },
            Expr::Select(select) => {
                let mut path = self.path(&select.operand.expr)?;
                path.steps.push(Step::Member(select.field.clone()));
                Some(path)
            }
            Expr::Call(call) if call.target.is_none() && call.func_name == cel_operators::INDEX => {
                let [owner, index] = call.args.as_slice() else {
                    return None;
                };
                let mut path = self.path(&owner.expr)?;
                path.steps.push(match &index.expr {
                    Expr::Literal(LiteralValue::String(name)) => {
                        Step::Member(name.inner().to_owned())
                    }
                    _ => Step::Element,
                });
                Some(path)
            }
            _ => None,
        }
    }

    /// Where the elements of a list come from. A `filter` keeps the elements of its list.
    pub(crate) fn elements_of(&self, expr: &Expr) -> Option<MemberPath> {
        match expr {
            Expr::Call(CallExpr {
                func_name,
                target: Some(target),
                ..
            }) if func_name == "filter" => self.elements_of(&target.expr),
            _ => {
                let mut path = self.path(expr)?;
                path.steps.push(Step::Element);
                Some(path)
            }
        }
    }
}
