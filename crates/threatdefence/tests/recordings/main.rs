//! Real replies of Azure, laid out as one tenant and scanned by the shipped program: all of them are read, every check
//! judges each document that it is about, and chosen verdicts are right.
//!
//! The replies are no part of this repository. Where `THREATDEFENCE_SHARED` does not name the folder that holds them, the
//! test says that it is skipped.

mod directory;
mod expected;
mod form;
mod found;
mod judged;
mod layout;
mod payloads;
mod read;
mod scan;
mod verdicts;

use std::io::{self, Write};

use catalog::Catalog;

use layout::Layout;

#[test]
fn recorded_replies_are_read_and_judged() {
    let Some(folder) = payloads::folder() else {
        // Not `println!`: that is kept back from a test that passes.
        writeln!(
            io::stderr(),
            "recordings skipped: {} is not set",
            payloads::FOLDER
        )
        .expect("stderr takes a line");
        return;
    };
    let catalog = Catalog::builtin().expect("the catalogue loads");
    let recordings = payloads::recordings(&folder, "arm/");
    let plan = form::plan(&catalog);
    let forms = form::forms(&catalog, &plan);
    let units = found::units(&recordings, &forms);
    let layout = Layout::new(&forms, &units);
    layout.holds_everything(&units);

    let graph = directory::directory(&folder, &payloads::recordings(&folder, "graph/"));
    let tenant = layout.to_file(scan::APPLICATION, graph.clone());
    // Resource Manager's lists have every member of a document. Both scans take minutes, side by side.
    let (scan, queried) = std::thread::scope(|threads| {
        let queried = threads.spawn(|| scan::scan(&tenant, "resource-graph"));
        let scan = scan::scan(&tenant, "arm");
        (scan, queried.join().expect("the second scan ends"))
    });
    assert!(scan.ended_well, "{}", scan.said);

    let snapshot = scan.snapshot();
    read::nothing_failed(&snapshot);
    read::idle_subscriptions_are_named(&layout, &snapshot);
    read::every_document_is_there(&layout, &snapshot);
    read::the_directory_is_there(&plan, &graph, &snapshot);

    let findings = scan.findings();
    judged::everything_was_assessed(&findings);
    judged::every_document_has_its_findings(&layout, &findings);
    verdicts::hold(&layout, &findings);

    assert!(queried.ended_well, "{}", queried.said);
    judged::are_the_same(&queried.findings(), &findings);
}
