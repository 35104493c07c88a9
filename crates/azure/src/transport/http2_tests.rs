//! Hundreds of requests over a few HTTP/2 connections, although a server takes a hundred on each.

use std::collections::HashSet;
use std::sync::Mutex;

use futures::future::join_all;
use rcgen::{BasicConstraints, CertificateParams, IsCa, Issuer, KeyPair};
use rustls::ServerConfig;
use rustls::pki_types::PrivateKeyDer;
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::watch;
use tokio_rustls::TlsAcceptor;

use super::*;

/// In flight together before the server answers any of them.
const TOGETHER: usize = 240;
/// What servers commonly allow on one connection (RFC 9113 §6.5.2 recommends no less).
const STREAMS: u32 = 100;

/// What the server has seen: requests under way, and the connections they came by.
#[derive(Clone)]
struct Seen {
    under_way: Arc<watch::Sender<usize>>,
    connections: Arc<Mutex<HashSet<u16>>>,
}

/// A server's side of TLS that offers HTTP/2, and the CA that vouches for it.
fn private_cloud() -> (TlsAcceptor, String) {
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
    let mut config = ServerConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()
        .expect("protocol versions")
        .with_no_client_auth()
        .with_single_cert(
            vec![leaf.der().clone()],
            PrivateKeyDer::Pkcs8(key.serialize_der().into()),
        )
        .expect("a configuration");
    config.alpn_protocols = vec![b"h2".to_vec(), b"http/1.1".to_vec()];
    (TlsAcceptor::from(Arc::new(config)), ca_pem)
}

/// Answers the requests of one connection once all have come.
async fn serve(tls: TlsAcceptor, stream: TcpStream, seen: Seen) {
    let port = stream.peer_addr().expect("an address").port();
    let Ok(stream) = tls.accept(stream).await else {
        return;
    };
    let mut builder = h2::server::Builder::new();
    builder.max_concurrent_streams(STREAMS);
    let Ok(mut connection) = builder.handshake::<_, Bytes>(stream).await else {
        return;
    };
    while let Some(Ok((_, mut respond))) = connection.accept().await {
        let seen = seen.clone();
        tokio::spawn(async move {
            seen.connections.lock().expect("no panic").insert(port);
            seen.under_way.send_modify(|count| *count += 1);
            let mut together = seen.under_way.subscribe();
            let all = together.wait_for(|count| *count >= TOGETHER);
            all.await.expect("the sender lives");
            let mut stream = respond
                .send_response(http::Response::new(()), false)
                .expect("the client waits");
            stream
                .send_data("{}".into(), true)
                .expect("the client waits");
        });
    }
}

#[tokio::test]
async fn more_requests_are_in_flight_than_one_connection_takes() {
    let (acceptor, ca_pem) = private_cloud();
    let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
    let address = listener.local_addr().expect("an address");
    let seen = Seen {
        under_way: Arc::new(watch::channel(0).0),
        connections: Arc::default(),
    };
    let serving = seen.clone();
    tokio::spawn(async move {
        while let Ok((stream, _)) = listener.accept().await {
            tokio::spawn(serve(acceptor.clone(), stream, serving.clone()));
        }
    });

    let transport = Transport::new(Some(ca_pem.as_bytes())).expect("a transport");
    let requests = (0..TOGETHER).map(|number| {
        transport.send(Request {
            method: Method::GET,
            url: Url::parse(&format!("https://{address}/{number}")).expect("a URL"),
            headers: HeaderMap::new(),
            body: None,
            // A client that cannot have them all in flight never gets an answer.
            timeout: Duration::from_secs(60),
            link_local: false,
        })
    });
    for reply in join_all(requests).await {
        assert_eq!(reply.expect("a reply").status, 200);
    }
    let connections = seen.connections.lock().expect("no panic").len();
    assert!((3..=4).contains(&connections), "{connections}");
}
