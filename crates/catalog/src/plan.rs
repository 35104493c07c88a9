//! The plan: the union of what the selected checks read.

use std::collections::HashSet;
use std::fmt;
use std::sync::Arc;

use crate::{Catalog, Document, DocumentType, Documents, Entry, Need};

/// One read that one check asks for.
#[derive(Clone)]
pub struct Requirement {
    /// What to read.
    pub document_type: DocumentType,
    /// For a child: which parents' children are needed; all when absent.
    pub need: Option<Need>,
    /// How much hangs on it: where children of many documents are to be read, those that the most urgent checks need
    /// come first.
    pub urgency: u8,
    /// Read it only where this other type could not be read.
    pub fallback_for: Option<DocumentType>,
}

impl Requirement {
    /// A read without conditions.
    pub fn always(document_type: DocumentType) -> Self {
        Self {
            document_type,
            need: None,
            urgency: 0,
            fallback_for: None,
        }
    }
}

impl fmt::Debug for Requirement {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Requirement")
            .field("document_type", &self.document_type)
            .field("need", &self.need.is_some())
            .field("fallback_for", &self.fallback_for)
            .finish()
    }
}

/// A type to read, with the children to read below each of its documents.
#[derive(Clone)]
pub struct Step {
    /// What and how.
    pub entry: Arc<Entry>,
    /// Who asks for it.
    asked: Vec<Asked>,
    /// Read only where this other type could not be read.
    pub fallback_for: Option<DocumentType>,
    /// What to read below each document.
    pub children: Vec<Step>,
}

/// One check that asks for a step.
#[derive(Clone)]
struct Asked {
    urgency: u8,
    /// Of which parents; all when absent.
    need: Option<Need>,
}

impl Asked {
    fn needs(&self, parent: &Document, documents: &dyn Documents) -> bool {
        let need = self.need.as_ref();
        need.is_none_or(|need| need.holds(parent, documents))
    }
}

impl Step {
    /// Whether it waits for other reads: whether it is needed is judged from them.
    pub fn is_deferred(&self) -> bool {
        let waits = |asked: &Asked| asked.need.as_ref().is_some_and(Need::waits);
        self.fallback_for.is_some() || self.is_conditional() && self.asked.iter().any(waits)
    }

    /// Whether it is read below some of its parents only.
    pub fn is_conditional(&self) -> bool {
        self.asked.iter().all(|asked| asked.need.is_some())
    }

    /// Whether any check needs this child of `parent`.
    pub fn is_needed(&self, parent: &Document, documents: &dyn Documents) -> bool {
        !self.is_conditional()
            || self
                .asked
                .iter()
                .any(|asked| asked.needs(parent, documents))
    }

    /// Whether it is read below some parents before the others: checks ask for it of some, and others of more. Only
    /// steps that wait for other reads anyway, because that is judged from them.
    pub fn has_first(&self) -> bool {
        let first = self.first().count();
        self.is_deferred() && first > 0 && first < self.asked.len()
    }

    /// Whether the most urgent of the checks that ask for it of some parents ask for it of `parent`.
    pub fn is_needed_first(&self, parent: &Document, documents: &dyn Documents) -> bool {
        self.first().any(|asked| asked.needs(parent, documents))
    }

    /// The most urgent among those that ask for it of some parents only.
    fn first(&self) -> impl Iterator<Item = &Asked> {
        let of_some = |asked: &&Asked| asked.need.is_some();
        let urgencies = self.asked.iter().filter(of_some);
        let most = urgencies.map(|asked| asked.urgency).max();
        let of_some = self.asked.iter().filter(of_some);
        of_some.filter(move |asked| Some(asked.urgency) == most)
    }
}

/// What a collection will read, each type once however many checks ask for it.
#[derive(Clone, Default)]
pub struct Plan {
    /// The types of their own, in the order of their names.
    pub steps: Vec<Step>,
}

impl Plan {
    /// Merges `requirements`; parents of required children are read too. A type that one check
    /// needs without a condition is read without it.
    ///
    /// # Errors
    /// The name of a required type that the catalogue lacks.
    pub fn new(catalog: &Catalog, requirements: &[Requirement]) -> Result<Self, DocumentType> {
        let mut plan = Self::default();
        for requirement in requirements {
            let entry = catalog
                .entry(&requirement.document_type)
                .ok_or_else(|| requirement.document_type.clone())?;
            plan.add(catalog, entry, requirement)?;
        }
        Ok(plan)
    }

    /// Merges what checks require with every other entry of the catalogue: what no check asks for is
    /// read without a condition, what a check asks for under a condition keeps it.
    ///
    /// # Errors
    /// The name of a required type that the catalogue lacks.
    pub fn everything(catalog: &Catalog, checks: &[Requirement]) -> Result<Self, DocumentType> {
        let asked: HashSet<&DocumentType> = checks.iter().map(|of| &of.document_type).collect();
        let others = catalog
            .entries()
            .filter(|entry| !asked.contains(&entry.name))
            .map(|entry| Requirement::always(entry.name.clone()));
        let all: Vec<Requirement> = checks.iter().cloned().chain(others).collect();
        Self::new(catalog, &all)
    }

    /// Every step, parents before their children.
    pub fn all_steps(&self) -> Vec<&Step> {
        let mut all = Vec::new();
        let mut waiting: Vec<&Step> = self.steps.iter().rev().collect();
        while let Some(step) = waiting.pop() {
            all.push(step);
            waiting.extend(step.children.iter().rev());
        }
        all
    }

    fn add(
        &mut self,
        catalog: &Catalog,
        entry: &Arc<Entry>,
        requirement: &Requirement,
    ) -> Result<(), DocumentType> {
        let mut lineage = vec![Arc::clone(entry)];
        while let Some(parent) = lineage.last().and_then(|entry| entry.parent.clone()) {
            lineage.push(Arc::clone(catalog.entry(&parent).ok_or(parent)?));
        }
        let mut steps = &mut self.steps;
        while let Some(ancestor) = lineage.pop() {
            let asked = if lineage.is_empty() {
                requirement.clone()
            } else {
                Requirement::always(ancestor.name.clone())
            };
            steps = &mut merge(steps, ancestor, asked).children;
        }
        Ok(())
    }
}

/// Finds or inserts the step of `entry` and widens its conditions by what is asked.
fn merge(steps: &mut Vec<Step>, entry: Arc<Entry>, asked: Requirement) -> &mut Step {
    let who = Asked {
        urgency: asked.urgency,
        need: asked.need,
    };
    match steps.binary_search_by(|step| step.entry.name.cmp(&entry.name)) {
        Ok(index) => {
            let step = &mut steps[index];
            if step.fallback_for != asked.fallback_for {
                step.fallback_for = None;
            }
            step.asked.push(who);
            step
        }
        Err(index) => {
            let step = Step {
                entry,
                asked: vec![who],
                fallback_for: asked.fallback_for,
                children: Vec::new(),
            };
            steps.insert(index, step);
            &mut steps[index]
        }
    }
}

#[cfg(test)]
mod tests {
    use std::ops::ControlFlow;

    use super::*;
    use crate::{Children, Outcome, ReadState, Scope, SourceError};

    /// No documents at all.
    struct Nothing;

    impl Documents for Nothing {
        fn tenant_id(&self) -> &str {
            ""
        }

        fn reads(&self, _: &DocumentType) -> Result<Vec<ReadState>, SourceError> {
            Ok(Vec::new())
        }

        fn visit(
            &self,
            _: &DocumentType,
            _: &Scope,
            _: &mut dyn FnMut(Document) -> ControlFlow<()>,
        ) -> Result<(), SourceError> {
            Ok(())
        }

        fn children(&self, _: &DocumentType, of: &Document) -> Result<Children, SourceError> {
            Ok(Children {
                state: ReadState {
                    scope: of.scope.clone(),
                    outcome: Outcome::Pending,
                    detail: None,
                },
                documents: Vec::new(),
            })
        }

        fn child_gaps(
            &self,
            _: &DocumentType,
            _: &Scope,
        ) -> Result<Vec<(String, ReadState)>, SourceError> {
            Ok(Vec::new())
        }
    }

    fn require(name: &str) -> Requirement {
        Requirement::always(DocumentType::from(name))
    }

    fn names(plan: &Plan) -> Vec<String> {
        plan.all_steps()
            .iter()
            .map(|step| step.entry.name.to_string())
            .collect()
    }

    #[test]
    fn a_child_brings_its_parents_and_nothing_comes_twice() {
        let catalog = Catalog::builtin().unwrap();
        let plan = Plan::new(
            &catalog,
            &[
                require("Microsoft.Sql/servers/databases/transparentDataEncryption/current"),
                require("microsoft.sql/SERVERS"),
                require("Microsoft.Sql/servers/databases"),
            ],
        )
        .unwrap();
        assert_eq!(
            names(&plan),
            [
                "Microsoft.Sql/servers",
                "Microsoft.Sql/servers/databases",
                "Microsoft.Sql/servers/databases/transparentDataEncryption/current"
            ]
        );
    }

    #[test]
    fn a_condition_falls_when_another_check_asks_without_it() {
        let catalog = Catalog::builtin().unwrap();
        let methods = "graph/users/authentication/methods";
        let conditional = Requirement {
            need: Some(Need::by_others(|_, _| false)),
            ..require(methods)
        };
        let only = Plan::new(&catalog, std::slice::from_ref(&conditional)).unwrap();
        assert!(only.steps[0].children[0].is_deferred());
        for order in [
            [conditional.clone(), require(methods)],
            [require(methods), conditional],
        ] {
            let both = Plan::new(&catalog, &order).unwrap();
            assert!(!both.steps[0].children[0].is_deferred());
        }
    }

    #[test]
    fn what_the_parent_alone_decides_waits_for_nothing() {
        let catalog = Catalog::builtin().unwrap();
        let blob = "Microsoft.Storage/storageAccounts/blobServices/default";
        let asked = |need: Need| Requirement {
            need: Some(need),
            ..require(blob)
        };
        let deferred = |requirements: &[Requirement]| {
            Plan::new(&catalog, requirements).unwrap().steps[0].children[0].is_deferred()
        };
        assert!(!deferred(&[asked(Need::by_parent(|_, _| true))]));
        assert!(deferred(&[
            asked(Need::by_parent(|_, _| true)),
            asked(Need::by_others(|_, _| true))
        ]));
    }

    #[test]
    fn what_the_most_urgent_checks_need_is_read_first() {
        let catalog = Catalog::builtin().unwrap();
        let methods = "graph/users/authentication/methods";
        let asked = |urgency: u8, wanted: Option<&'static str>| Requirement {
            need: wanted.map(|wanted| {
                Need::by_others(move |parent: &Document, _: &dyn Documents| parent.id == wanted)
            }),
            urgency,
            fallback_for: Some(DocumentType::from("graph/reports")),
            ..require(methods)
        };
        let step = |requirements: &[Requirement]| {
            Plan::new(&catalog, requirements).unwrap().steps[0].children[0].clone()
        };
        let user = |id: &str| Document {
            document_type: "graph/users".into(),
            id: id.to_owned(),
            scope: Scope::Tenant,
            body: serde_json::Value::Null,
        };
        let both = step(&[asked(1, Some("b")), asked(3, Some("a")), asked(4, None)]);
        assert!(both.has_first() && !both.is_conditional());
        let first = |id: &str| both.is_needed_first(&user(id), &Nothing);
        assert!(first("a") && !first("b"));
        assert!(both.is_needed(&user("b"), &Nothing));
        for alike in [
            vec![asked(3, Some("a"))],
            vec![asked(3, Some("a")), asked(3, Some("b"))],
            vec![asked(3, None), asked(1, None)],
        ] {
            assert!(!step(&alike).has_first());
        }
        let at_once = Requirement {
            fallback_for: None,
            ..asked(1, None)
        };
        assert!(!step(&[asked(3, Some("a")), at_once]).has_first());
    }

    #[test]
    fn everything_is_each_entry_once_with_the_conditions_that_checks_set() {
        let catalog = Catalog::builtin().unwrap();
        let methods = "graph/users/authentication/methods";
        let report = "graph/reports/authenticationMethods/userRegistrationDetails";
        let conditional = Requirement {
            need: Some(Need::by_others(|_, _| false)),
            fallback_for: Some(DocumentType::from(report)),
            ..require(methods)
        };
        let plan = Plan::everything(&catalog, &[require("graph/users"), conditional]).unwrap();
        let mut read = names(&plan);
        read.sort_by_key(|name| name.to_lowercase());
        let all: Vec<String> = catalog.entries().map(|of| of.name.to_string()).collect();
        assert_eq!(read, all);
        let step = |name: &str| {
            let all = plan.all_steps();
            let step = all
                .into_iter()
                .find(|step| step.entry.name.as_str() == name);
            step.unwrap().clone()
        };
        assert!(step(methods).is_deferred());
        assert_eq!(step(methods).fallback_for.unwrap().as_str(), report);
        assert!(!step(report).is_deferred());
    }

    #[test]
    fn an_unknown_type_is_named() {
        let catalog = Catalog::builtin().unwrap();
        let unknown = Plan::new(&catalog, &[require("Contoso.Foo/bars")])
            .err()
            .unwrap();
        assert_eq!(unknown.as_str(), "Contoso.Foo/bars");
    }
}
