//! A private CA is trusted when it is named, and only then.

use std::sync::Arc;

use azure::{FailureKind, Service, Transport};
use rcgen::{BasicConstraints, CertificateParams, IsCa, Issuer, KeyPair};
use rustls::ServerConfig;
use rustls::pki_types::PrivateKeyDer;
use serde_json::json;

use crate::server::{Answer, Server, options};

/// A server's configuration, and the PEM of the CA that vouches for it.
fn private_cloud() -> (Arc<ServerConfig>, String) {
    let ca_key = KeyPair::generate().expect("a key");
    let mut ca = CertificateParams::new(Vec::new()).expect("no names");
    ca.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
    let ca_pem = ca.self_signed(&ca_key).expect("a CA").pem();
    let key = KeyPair::generate().expect("a key");
    let leaf = CertificateParams::new(vec!["127.0.0.1".to_owned()])
        .expect("a name")
        .signed_by(&key, &Issuer::new(ca, ca_key))
        .expect("a certificate");
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    let config = ServerConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()
        .expect("protocol versions")
        .with_no_client_auth()
        .with_single_cert(
            vec![leaf.der().clone()],
            PrivateKeyDer::Pkcs8(key.serialize_der().into()),
        )
        .expect("a configuration");
    (Arc::new(config), ca_pem)
}

#[tokio::test]
async fn the_ca_file_decides() {
    let (tls, ca_pem) = private_cloud();
    let server = Server::start_tls(tls, |request| {
        (request.target == "/x").then(|| Answer::json(&json!({ "ok": true })))
    })
    .await;

    let trusting = Transport::new(Some(ca_pem.as_bytes())).expect("a transport");
    let client = server.client_over(trusting, options());
    client.get(Service::Arm, "/x").await.expect("a reply");

    let distrusting = Transport::new(None).expect("a transport");
    let client = server.client_over(distrusting.clone(), options());
    let failure = client.get(Service::Arm, "/x").await.expect_err("no trust");
    assert_eq!(failure.kind, FailureKind::SignIn);
    assert!(failure.message.contains("not trusted"), "{failure}");
    assert!(failure.hint.is_some_and(|hint| hint.contains("--ca-file")));
    assert_eq!(
        distrusting.statistics().requests(),
        1,
        "asking again would not help"
    );
}
