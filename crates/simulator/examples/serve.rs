//! Serves a tenant until interrupted: `cargo run -p simulator --example serve -- TENANT ADDRESS CA_FILE`.

use std::path::Path;

use simulator::{Options, Server, Tenant};

#[tokio::main]
async fn main() -> Result<(), Box<dyn std::error::Error>> {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let [tenant, listen, ca_file] = arguments.as_slice() else {
        return Err("usage: serve TENANT ADDRESS CA_FILE".into());
    };
    let options = Options {
        listen: listen.parse()?,
        ..Options::default()
    };
    let server = Server::start(Tenant::load(Path::new(tenant))?, options).await?;
    std::fs::write(ca_file, server.ca_pem().unwrap_or_default())?;
    println!("{}", server.endpoint());
    tokio::signal::ctrl_c().await?;
    server.shutdown().await;
    Ok(())
}
