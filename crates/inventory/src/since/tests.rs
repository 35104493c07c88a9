//! What is entered into a copied snapshot, case by case.

use std::collections::BTreeSet;
use std::path::PathBuf;

use catalog::{Catalog, DocumentType, Need, Outcome, Plan, Requirement, Scope};
use jiff::{SignedDuration, Timestamp};
use rusqlite::Connection;

use super::activity_log::Told;
use super::apply::{self, Gathered, Resources};
use super::delta::{Followed, News};
use super::editor::Editor;
use super::effects::Effect;
use super::prepared::Counts;
use super::resource_changes::Changed;
use super::{base, finish};
use crate::ledger::{self, LedgerRow, Source};
use crate::resource_graph::children_cursor;
use crate::writer::{self, Record};
use crate::{cursors, format};

const SITES: &str = "Microsoft.Web/sites";
const CONFIG: &str = "Microsoft.Web/sites/config/web";
const SERVERS: &str = "Microsoft.Sql/servers";
const DATABASES: &str = "Microsoft.Sql/servers/databases";
const TDE: &str = "Microsoft.Sql/servers/databases/transparentDataEncryption/current";
const VAULTS: &str = "Microsoft.KeyVault/vaults";
const KEYS: &str = "Microsoft.KeyVault/vaults/keys";
const USERS: &str = "graph/users";
const ROLES: &str = "graph/directoryRoles";
const G: &str = "/subscriptions/s/resourcegroups/g/providers";

fn site(name: &str) -> String {
    format!("{G}/microsoft.web/sites/{name}")
}

fn server(name: &str) -> String {
    format!("{G}/microsoft.sql/servers/{name}")
}

/// A snapshot to edit, of the plan that the catalogue gives for some types.
struct Fixture {
    path: PathBuf,
    connection: Connection,
    plan: Plan,
    _folder: tempfile::TempDir,
}

impl Fixture {
    fn new(types: &[&str]) -> Self {
        let requirements: Vec<Requirement> = types
            .iter()
            .map(|name| Requirement::always((*name).into()))
            .collect();
        Self::of(&requirements)
    }

    fn of(requirements: &[Requirement]) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("a.tdsnap");
        let connection = format::create(&path).unwrap();
        let plan = Plan::new(&Catalog::builtin().unwrap(), requirements).unwrap();
        Self {
            path,
            connection,
            plan,
            _folder: folder,
        }
    }

    fn scope_of(of: &str) -> Scope {
        if of.starts_with("graph/") {
            Scope::Tenant
        } else {
            Scope::subscription("s")
        }
    }

    fn row(&self, of: &str, parent: &str, outcome: Outcome, source: Source) {
        self.row_ended(of, parent, outcome, source, Timestamp::UNIX_EPOCH);
    }

    fn row_ended(
        &self,
        of: &str,
        parent: &str,
        outcome: Outcome,
        source: Source,
        ended: Timestamp,
    ) {
        let row = LedgerRow {
            outcome,
            source: Some(source),
            ended: Some(ended),
            next: Some("/a/link".to_owned()),
            ..LedgerRow::pending(of.into(), Self::scope_of(of), parent)
        };
        ledger::put(&self.connection, &row).unwrap();
    }

    fn document(&self, of: &str, parent: &str, id: &str) {
        writer::put(&self.connection, &record(of, parent, id, "{}")).unwrap();
    }

    fn table_was_read(&self, of: &str) {
        let cursor = children_cursor(&of.into(), &Self::scope_of(of));
        cursors::set(&self.connection, &cursor, Some("2026-01-01T00:00:00Z")).unwrap();
    }

    fn outcome(&self, of: &str, parent: &str) -> Option<(Outcome, u64)> {
        let row = ledger::get(&self.connection, &of.into(), &Self::scope_of(of), parent).unwrap();
        row.map(|row| (row.outcome, row.documents))
    }

    fn ids(&self, of: &str) -> Vec<String> {
        let mut statement = self
            .connection
            .prepare("SELECT key FROM documents WHERE type = ? ORDER BY key")
            .unwrap();
        let keys = statement
            .query_map([DocumentType::from(of).key()], |row| row.get(0))
            .unwrap();
        keys.map(Result::unwrap).collect()
    }

    fn editor(&self) -> Editor<'_> {
        Editor::new(&self.connection, &self.plan)
    }

    fn feeds(&self, gathered: Gathered) -> Counts {
        apply::feeds(&self.editor(), &["s".to_owned()], gathered).unwrap()
    }
}

fn record(of: &str, parent: &str, id: &str, body: &str) -> Record {
    Record {
        name: of.to_owned(),
        scope: Fixture::scope_of(of),
        parent: parent.to_owned(),
        id: id.to_owned(),
        body: body.to_owned(),
    }
}

/// Feeds that tell of nothing.
fn quiet() -> Gathered {
    let changed = Changed {
        visible: BTreeSet::from(["s".to_owned()]),
        ..Changed::default()
    };
    Gathered {
        resources: Ok(Resources {
            changed,
            found: Vec::new(),
            listed_again: BTreeSet::new(),
        }),
        told: Told::default(),
        news: Vec::new(),
    }
}

fn changed(of: &str, id: &str, is_deleted: bool, found: Vec<Record>) -> Gathered {
    let mut gathered = quiet();
    if let Ok(resources) = &mut gathered.resources {
        resources
            .changed
            .by_type
            .entry(of.to_lowercase())
            .or_default()
            .insert(id.to_owned());
        if is_deleted {
            resources.changed.deleted.insert(id.to_owned());
        }
        resources.found = found;
    }
    gathered
}

fn told(effect: Effect) -> Gathered {
    let mut gathered = quiet();
    gathered.told.effects.insert(effect);
    gathered
}

fn reread(of: &str, parent: &str, arm_only: bool) -> Effect {
    Effect::Reread {
        document_type: of.to_lowercase(),
        subscription: "s".to_owned(),
        parent: parent.to_owned(),
        arm_only,
    }
}

const PENDING: Option<(Outcome, u64)> = Some((Outcome::Pending, 0));

#[test]
fn gaps_and_half_read_lists_begin_anew() {
    let fixture = Fixture::new(&[SITES]);
    fixture.row(SITES, "", Outcome::Throttled, Source::Arm);
    fixture.document(SITES, "", &site("a"));
    apply::age(&fixture.editor(), Timestamp::now()).unwrap();
    assert_eq!(fixture.outcome(SITES, ""), PENDING);
    assert!(fixture.ids(SITES).is_empty());
    let row = ledger::get(
        &fixture.connection,
        &SITES.into(),
        &Scope::subscription("s"),
        "",
    )
    .unwrap()
    .unwrap();
    assert_eq!((row.next, row.source, row.ended), (None, None, None));
}

#[test]
fn what_was_not_needed_is_judged_again_and_what_was_is_kept() {
    let fixture = Fixture::new(&[CONFIG]);
    fixture.row(CONFIG, &site("a"), Outcome::NotNeeded, Source::Arm);
    fixture.row(CONFIG, &site("b"), Outcome::Read, Source::Arm);
    fixture.row(CONFIG, &site("c"), Outcome::Absent, Source::Arm);
    fixture.document(CONFIG, &site("b"), "b/config/web");
    apply::age(&fixture.editor(), Timestamp::now()).unwrap();
    assert_eq!(fixture.outcome(CONFIG, &site("a")), PENDING);
    assert_eq!(
        fixture.outcome(CONFIG, &site("b")),
        Some((Outcome::Read, 0))
    );
    assert_eq!(
        fixture.outcome(CONFIG, &site("c")),
        Some((Outcome::Absent, 0))
    );
    assert_eq!(fixture.ids(CONFIG), ["b/config/web"]);
}

#[test]
fn what_no_feed_tells_of_is_read_anew_or_once_it_is_old() {
    let fixture = Fixture::new(&[ROLES, KEYS]);
    let now: Timestamp = "2026-03-02T12:00:00Z".parse().unwrap();
    let hours = |hours| now.checked_sub(SignedDuration::from_hours(hours)).unwrap();
    fixture.row(ROLES, "", Outcome::Read, Source::Graph);
    fixture.document(ROLES, "", "/directoryroles/r");
    for (vault, age) in [("young", 3), ("older", 23), ("old", 24), ("future", -1)] {
        fixture.row_ended(KEYS, vault, Outcome::Read, Source::Arm, hours(age));
    }
    let oldest = apply::age(&fixture.editor(), now).unwrap();
    assert_eq!(oldest, Some(hours(23)));
    assert_eq!(fixture.outcome(ROLES, ""), PENDING);
    assert!(fixture.ids(ROLES).is_empty());
    let pending = |vault| fixture.outcome(KEYS, vault) == PENDING;
    assert_eq!(
        ["young", "older", "old", "future"].map(pending),
        [false, false, true, true]
    );
}

#[test]
fn other_types_and_other_subscriptions_go() {
    let fixture = Fixture::new(&[SITES]);
    fixture.row(SITES, "", Outcome::Read, Source::ResourceGraph);
    fixture.row(VAULTS, "", Outcome::Read, Source::ResourceGraph);
    fixture.document(VAULTS, "", "/v");
    fixture.table_was_read(DATABASES);
    let editor = fixture.editor();
    apply::prune(
        &editor,
        &[SITES.to_lowercase()],
        &[Scope::subscription("s")],
    )
    .unwrap();
    assert!(fixture.outcome(SITES, "").is_some());
    assert!(fixture.outcome(VAULTS, "").is_none() && fixture.ids(VAULTS).is_empty());
    apply::prune(
        &editor,
        &[SITES.to_lowercase()],
        &[Scope::subscription("t")],
    )
    .unwrap();
    assert!(fixture.outcome(SITES, "").is_none());
    assert!(
        cursors::all(&fixture.connection, "children:")
            .unwrap()
            .is_empty()
    );
}

#[test]
fn a_changed_resource_is_replaced_and_a_gone_one_taken_out_with_its_children() {
    let fixture = Fixture::new(&[SITES, CONFIG]);
    fixture.row(SITES, "", Outcome::Read, Source::ResourceGraph);
    for name in ["a", "b"] {
        fixture.document(SITES, "", &site(name));
        fixture.row(CONFIG, &site(name), Outcome::Read, Source::ResourceGraph);
        fixture.document(CONFIG, &site(name), &format!("{}/config/web", site(name)));
    }
    fixture.feeds(changed(SITES, &site("a"), true, Vec::new()));
    assert_eq!(fixture.ids(SITES), [site("b")]);
    assert_eq!(fixture.outcome(SITES, ""), Some((Outcome::Read, 1)));
    assert_eq!(fixture.outcome(CONFIG, &site("a")), None);
    assert_eq!(fixture.ids(CONFIG).len(), 1);

    let new = record(SITES, "", &site("c"), r#"{"new":true}"#);
    let counts = fixture.feeds(changed(SITES, &site("c"), false, vec![new]));
    assert_eq!(counts.resources, 1);
    assert_eq!(fixture.ids(SITES), [site("b"), site("c")]);
    assert_eq!(fixture.outcome(SITES, ""), Some((Outcome::Read, 2)));
}

#[test]
fn what_was_deleted_and_is_back_has_new_children() {
    let fixture = Fixture::new(&[SITES, CONFIG]);
    fixture.row(SITES, "", Outcome::Read, Source::ResourceGraph);
    fixture.document(SITES, "", &site("a"));
    fixture.row(CONFIG, &site("a"), Outcome::Read, Source::Arm);
    let back = record(SITES, "", &site("a"), r#"{"back":true}"#);
    fixture.feeds(changed(SITES, &site("a"), true, vec![back]));
    assert_eq!(fixture.ids(SITES), [site("a")]);
    assert_eq!(fixture.outcome(CONFIG, &site("a")), None, "planned anew");
}

#[test]
fn a_change_of_what_resource_manager_listed_reads_the_list_again() {
    let fixture = Fixture::new(&[SITES]);
    fixture.row(SITES, "", Outcome::Read, Source::Arm);
    fixture.document(SITES, "", &site("a"));
    fixture.feeds(changed(SITES, &site("b"), false, Vec::new()));
    assert_eq!(fixture.outcome(SITES, ""), PENDING);
    assert!(fixture.ids(SITES).is_empty());
}

#[test]
fn a_list_that_is_read_anyway_takes_nothing_from_the_feed() {
    let fixture = Fixture::new(&[SITES]);
    fixture.row(SITES, "", Outcome::Pending, Source::ResourceGraph);
    fixture.feeds(changed(
        SITES,
        &site("a"),
        false,
        vec![record(SITES, "", &site("a"), "{}")],
    ));
    assert!(fixture.ids(SITES).is_empty());
}

#[test]
fn a_database_of_a_new_server_is_known_from_the_table() {
    let fixture = Fixture::new(&[DATABASES, TDE]);
    fixture.table_was_read(DATABASES);
    fixture.row(
        DATABASES,
        &server("old"),
        Outcome::Read,
        Source::ResourceGraph,
    );
    for name in ["old", "new"] {
        let id = format!("{}/databases/d", server(name));
        let found = record(DATABASES, &server(name), &id, "{}");
        fixture.feeds(changed(DATABASES, &id, false, vec![found]));
    }
    assert_eq!(fixture.ids(DATABASES).len(), 2);
    assert_eq!(
        fixture.outcome(DATABASES, &server("old")),
        Some((Outcome::Read, 1))
    );
}

#[test]
fn so_many_changes_that_listing_takes_less_are_listed() {
    let fixture = Fixture::new(&[SITES]);
    fixture.row(SITES, "", Outcome::Read, Source::ResourceGraph);
    let mut gathered = changed(SITES, &site("a"), false, Vec::new());
    if let Ok(resources) = &mut gathered.resources {
        resources.listed_again.insert(SITES.to_lowercase());
    }
    fixture.feeds(gathered);
    assert_eq!(fixture.outcome(SITES, ""), PENDING);
    assert!(!super::is_cheaper_to_list(200, 0));
    assert!(super::is_cheaper_to_list(201, 1_000));
    assert!(!super::is_cheaper_to_list(201, 1_001));
}

#[test]
fn an_event_reads_again_what_it_touches_and_nothing_else() {
    let fixture = Fixture::new(&[SITES, CONFIG]);
    fixture.row(SITES, "", Outcome::Read, Source::ResourceGraph);
    for name in ["a", "b"] {
        fixture.document(SITES, "", &site(name));
        fixture.row(CONFIG, &site(name), Outcome::Read, Source::ResourceGraph);
        fixture.document(CONFIG, &site(name), &format!("{}/config/web", site(name)));
    }
    let counts = fixture.feeds(told(reread(CONFIG, &site("a"), false)));
    assert_eq!(counts.reads, 1);
    assert_eq!(fixture.outcome(CONFIG, &site("a")), PENDING);
    assert_eq!(fixture.ids(CONFIG), [format!("{}/config/web", site("b"))]);
    assert_eq!(
        fixture
            .feeds(told(reread(CONFIG, &site("gone"), false)))
            .reads,
        0
    );
    fixture.feeds(told(reread(SITES, "", true)));
    assert!(
        fixture.outcome(SITES, "") != PENDING,
        "Resource Graph tells of it better"
    );
}

#[test]
fn a_shared_table_is_read_again_for_all_its_parents() {
    let fixture = Fixture::new(&[DATABASES]);
    fixture.table_was_read(DATABASES);
    for name in ["a", "b"] {
        fixture.row(
            DATABASES,
            &server(name),
            Outcome::Read,
            Source::ResourceGraph,
        );
        fixture.document(
            DATABASES,
            &server(name),
            &format!("{}/databases/d", server(name)),
        );
    }
    fixture.feeds(told(reread(DATABASES, &server("a"), false)));
    assert_eq!(fixture.outcome(DATABASES, &server("b")), PENDING);
    assert!(fixture.ids(DATABASES).is_empty());
    assert!(
        cursors::all(&fixture.connection, "children:")
            .unwrap()
            .is_empty(),
        "an empty table would be believed"
    );
}

#[test]
fn an_emptied_group_and_a_moved_one() {
    let group = "/subscriptions/s/resourcegroups/g";
    for (effect, source, again) in [
        (Effect::Emptied(group.to_owned()), Source::Arm, true),
        (
            Effect::Emptied(group.to_owned()),
            Source::ResourceGraph,
            false,
        ),
        (
            Effect::Emptied("/subscriptions/s/resourcegroups/other".to_owned()),
            Source::Arm,
            false,
        ),
        (Effect::Moved(group.to_owned()), Source::ResourceGraph, true),
    ] {
        let fixture = Fixture::new(&[SITES, CONFIG]);
        fixture.row(SITES, "", Outcome::Read, source);
        fixture.document(SITES, "", &site("a"));
        fixture.feeds(told(effect.clone()));
        assert_eq!(
            fixture.outcome(SITES, "") == PENDING,
            again,
            "{effect:?} {source:?}"
        );
    }
}

#[test]
fn a_lost_log_and_a_lost_table_leave_nothing_unread() {
    let fresh = || {
        let fixture = Fixture::new(&[SITES, CONFIG]);
        fixture.row(SITES, "", Outcome::Read, Source::ResourceGraph);
        fixture.row(CONFIG, &site("a"), Outcome::Read, Source::ResourceGraph);
        fixture.table_was_read(CONFIG);
        fixture
    };
    let lost_log = |gathered: &mut Gathered| {
        gathered
            .told
            .lost
            .insert("s".to_owned(), "denied".to_owned());
    };
    let fixture = fresh();
    let mut gathered = quiet();
    lost_log(&mut gathered);
    let counts = fixture.feeds(gathered);
    assert_eq!(counts.notes.len(), 1);
    assert_eq!(fixture.outcome(CONFIG, &site("a")), PENDING);
    assert!(fixture.outcome(SITES, "") != PENDING);
    assert!(
        cursors::all(&fixture.connection, "children:")
            .unwrap()
            .is_empty()
    );

    let fixture = fresh();
    let counts = fixture.feeds(Gathered {
        resources: Err("refused".to_owned()),
        ..quiet()
    });
    assert!(counts.notes[0].contains("refused"));
    assert_eq!(fixture.outcome(SITES, ""), PENDING);
    assert!(
        fixture.outcome(CONFIG, &site("a")) != PENDING,
        "the log tells of it"
    );

    // A list of Resource Manager lives by either feed, and by neither no more.
    for (loses_log, again) in [(false, false), (true, true)] {
        let fixture = Fixture::new(&[SITES]);
        fixture.row(SITES, "", Outcome::Read, Source::Arm);
        let mut gathered = Gathered {
            resources: Err("refused".to_owned()),
            ..quiet()
        };
        if loses_log {
            lost_log(&mut gathered);
        }
        fixture.feeds(gathered);
        assert_eq!(fixture.outcome(SITES, "") == PENDING, again);
    }
}

#[test]
fn a_subscription_that_resource_graph_does_not_see_is_read_again() {
    let fixture = Fixture::new(&[SITES]);
    fixture.row(SITES, "", Outcome::Read, Source::ResourceGraph);
    let mut gathered = quiet();
    if let Ok(resources) = &mut gathered.resources {
        resources.changed.visible.clear();
    }
    fixture.feeds(gathered);
    assert_eq!(fixture.outcome(SITES, ""), PENDING);
}

#[test]
fn directory_objects_come_and_go_by_their_delta() {
    let fixture = Fixture::new(&[USERS]);
    fixture.row(USERS, "", Outcome::Read, Source::Graph);
    for id in ["/users/1", "/users/2"] {
        fixture.document(USERS, "", id);
    }
    let followed = || Followed::of(&fixture.plan).remove(0);
    let news = News::Changed {
        link: "later".to_owned(),
        records: vec![
            record(USERS, "", "/users/2", r#"{"new":1}"#),
            record(USERS, "", "/users/3", "{}"),
        ],
        gone: BTreeSet::from(["/users/1".to_owned(), "/users/never-here".to_owned()]),
    };
    let counts = fixture.feeds(Gathered {
        news: vec![(followed(), news)],
        ..quiet()
    });
    assert_eq!(counts.objects, 3);
    assert_eq!(fixture.ids(USERS), ["/users/2", "/users/3"]);
    assert_eq!(fixture.outcome(USERS, ""), Some((Outcome::Read, 2)));
    let link = || cursors::get(&fixture.connection, "delta:graph/users").unwrap();
    assert_eq!(link().as_deref(), Some("later"));

    let news = News::Anew {
        link: None,
        reason: "expired".to_owned(),
    };
    let counts = fixture.feeds(Gathered {
        news: vec![(followed(), news)],
        ..quiet()
    });
    assert!(counts.notes[0].contains("expired"));
    assert_eq!(fixture.outcome(USERS, ""), PENDING);
    assert_eq!(link(), None);
}

fn manifest(fixture: &Fixture) {
    let manifest = r#"{"tool_version":"0","tenant_id":"t","tenant_name":null,"cloud":"c","identity":"i",
        "started":"2026-01-01T00:00:00Z","finished":null,"subscriptions":[],"skipped":[],
        "resource_groups":[],"checks":[],"requests":{},"collect_seconds":0.0}"#;
    fixture
        .connection
        .execute("INSERT INTO manifest VALUES (1, ?)", [manifest])
        .unwrap();
}

#[test]
fn at_the_end_nothing_is_left_below_what_is_gone() {
    let fixture = Fixture::new(&[DATABASES, TDE]);
    manifest(&fixture);
    let database = |of: &str| format!("{}/databases/d", server(of));
    fixture.document(SERVERS, "", &server("here"));
    for name in ["here", "gone"] {
        fixture.row(
            DATABASES,
            &server(name),
            Outcome::Read,
            Source::ResourceGraph,
        );
        fixture.document(DATABASES, &server(name), &database(name));
        fixture.row(TDE, &database(name), Outcome::Read, Source::Arm);
        fixture.document(TDE, &database(name), &format!("{}/tde", database(name)));
    }
    let now = Timestamp::now();
    finish(&fixture.path, &fixture.plan, now).unwrap();
    assert_eq!(
        fixture.ids(TDE).len(),
        2,
        "a snapshot of its own has nothing to tidy"
    );
    cursors::set(&fixture.connection, super::SINCE, Some("x")).unwrap();
    finish(&fixture.path, &fixture.plan, now).unwrap();
    assert_eq!(fixture.ids(DATABASES), [database("here")]);
    assert_eq!(fixture.ids(TDE), [format!("{}/tde", database("here"))]);
    assert_eq!(fixture.outcome(TDE, &database("gone")), None);
    let changes = cursors::get(&fixture.connection, cursors::CHANGES).unwrap();
    assert_eq!(changes, Some(now.to_string()));
    assert_eq!(
        base::alike(&fixture.connection, &fixture.plan)
            .unwrap()
            .len(),
        3
    );
}

#[test]
fn at_the_end_a_kept_child_that_nobody_needs_any_more_goes() {
    let needed_below = |name: &'static str| Requirement {
        need: Some(Need::by_others(move |parent, _| parent.id.ends_with(name))),
        ..Requirement::always(CONFIG.into())
    };
    let fixture = Fixture::of(&[needed_below("a")]);
    manifest(&fixture);
    cursors::set(&fixture.connection, super::SINCE, Some("x")).unwrap();
    let started = Timestamp::now();
    for (name, ended) in [
        ("a", Timestamp::UNIX_EPOCH),
        ("b", Timestamp::UNIX_EPOCH),
        ("c", started),
    ] {
        fixture.document(SITES, "", &site(name));
        fixture.row_ended(CONFIG, &site(name), Outcome::Read, Source::Arm, ended);
        fixture.document(CONFIG, &site(name), &format!("{}/config/web", site(name)));
    }
    finish(&fixture.path, &fixture.plan, started).unwrap();
    let outcome = |name| {
        fixture
            .outcome(CONFIG, &site(name))
            .map(|(outcome, _)| outcome)
    };
    assert_eq!(outcome("a"), Some(Outcome::Read));
    assert_eq!(outcome("b"), Some(Outcome::NotNeeded));
    assert_eq!(
        outcome("c"),
        Some(Outcome::Read),
        "this collection judged it already"
    );
    assert_eq!(fixture.ids(CONFIG).len(), 2);
}
