//! A scripted HTTP/1.1 server, and a client that signs in to it.

use std::collections::HashMap;
use std::net::SocketAddr;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use azure::{Client, Cloud, Credential, Options, Secret, SignIn, Transport};
use base64::Engine as _;
use serde_json::{Value, json};
use tokio::io::{AsyncRead, AsyncReadExt as _, AsyncWrite, AsyncWriteExt as _};
use tokio::net::TcpListener;
use tokio_rustls::TlsAcceptor;
use url::Url;

/// The client secret of every test; no message may repeat it.
pub const SECRET: &str = "hush-hush-secret";
/// Where the client signs in.
pub const TOKEN_PATH: &str = "/tenant-1/oauth2/v2.0/token";

/// A request as the server saw it. Header names are in lower case.
#[derive(Debug, Clone)]
pub struct Seen {
    pub method: String,
    pub target: String,
    pub headers: HashMap<String, String>,
    pub body: String,
    /// Earlier requests with the same target.
    pub earlier: usize,
}

/// What the server does.
pub enum Answer {
    Reply(u16, Vec<(&'static str, String)>, String),
    /// Closes the connection without a reply.
    Drop,
    /// Promises more of this body than it sends.
    Truncate(String),
    /// Never answers.
    Hang,
}

impl Answer {
    pub fn json(body: &Value) -> Self {
        Self::Reply(200, Vec::new(), body.to_string())
    }

    pub fn error(status: u16, code: &str) -> Self {
        let body = json!({ "error": { "code": code, "message": format!("{code} happened.") } });
        Self::Reply(status, Vec::new(), body.to_string())
    }

    pub fn header(self, name: &'static str, value: impl Into<String>) -> Self {
        match self {
            Self::Reply(status, mut headers, body) => {
                headers.push((name, value.into()));
                Self::Reply(status, headers, body)
            }
            other => other,
        }
    }
}

type Script = dyn Fn(&Seen) -> Option<Answer> + Send + Sync;

/// A server that answers by its script, and by itself where the script has no answer: tokens at the
/// sign-in path, 404 elsewhere.
pub struct Server {
    pub url: Url,
    seen: Arc<Mutex<Vec<Seen>>>,
}

impl Server {
    pub async fn start(script: impl Fn(&Seen) -> Option<Answer> + Send + Sync + 'static) -> Self {
        Self::listen(None, script).await
    }

    /// A server that speaks HTTPS.
    pub async fn start_tls(
        tls: Arc<rustls::ServerConfig>,
        script: impl Fn(&Seen) -> Option<Answer> + Send + Sync + 'static,
    ) -> Self {
        Self::listen(Some(TlsAcceptor::from(tls)), script).await
    }

    async fn listen(
        tls: Option<TlsAcceptor>,
        script: impl Fn(&Seen) -> Option<Answer> + Send + Sync + 'static,
    ) -> Self {
        let scheme = if tls.is_some() { "https" } else { "http" };
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
        let address: SocketAddr = listener.local_addr().expect("an address");
        let seen = Arc::new(Mutex::new(Vec::new()));
        let script: Arc<Script> = Arc::new(script);
        tokio::spawn({
            let seen = Arc::clone(&seen);
            async move {
                while let Ok((stream, _)) = listener.accept().await {
                    let (tls, script, seen) = (tls.clone(), Arc::clone(&script), Arc::clone(&seen));
                    tokio::spawn(async move {
                        match tls {
                            None => serve(stream, script, seen).await,
                            Some(tls) => {
                                if let Ok(stream) = tls.accept(stream).await {
                                    serve(stream, script, seen).await;
                                }
                            }
                        }
                    });
                }
            }
        });
        Self {
            url: Url::parse(&format!("{scheme}://{address}")).expect("a URL"),
            seen,
        }
    }

    /// The requests so far, sign-ins left out.
    pub fn requests(&self) -> Vec<Seen> {
        let seen = self.seen.lock().expect("no panic");
        seen.iter()
            .filter(|request| request.target != TOKEN_PATH)
            .cloned()
            .collect()
    }

    /// The sign-ins so far.
    pub fn sign_ins(&self) -> Vec<Seen> {
        let seen = self.seen.lock().expect("no panic");
        seen.iter()
            .filter(|request| request.target == TOKEN_PATH)
            .cloned()
            .collect()
    }

    pub fn cloud(&self) -> Cloud {
        Cloud {
            name: "Test".into(),
            arm: self.url.clone(),
            login: self.url.clone(),
            graph: self.url.clone(),
            arm_scope: "https://arm.example/.default".into(),
            graph_scope: "https://graph.example/.default".into(),
        }
    }

    pub fn client(&self) -> Client {
        self.client_with(options())
    }

    pub fn client_with(&self, options: Options) -> Client {
        let transport = Transport::new(None).expect("a transport");
        self.client_over(transport, options)
    }

    /// A client that signs in here and finds nobody at the Resource Manager's address, which is told.
    pub fn client_that_cannot_connect(&self) -> (Client, String) {
        let closed = std::net::TcpListener::bind("127.0.0.1:0").expect("a port");
        let host = closed.local_addr().expect("an address").to_string();
        drop(closed);
        let mut cloud = self.cloud();
        cloud.arm = Url::parse(&format!("http://{host}")).expect("a URL");
        let transport = Transport::new(None).expect("a transport");
        (client_of(cloud, transport, options()), host)
    }

    pub fn client_over(&self, transport: Transport, options: Options) -> Client {
        client_of(self.cloud(), transport, options)
    }
}

fn client_of(cloud: Cloud, transport: Transport, options: Options) -> Client {
    let sign_in = SignIn::ClientSecret {
        tenant: "tenant-1".into(),
        client: "app-1".into(),
        secret: Secret::new(SECRET),
    };
    let credential = Credential::new(sign_in, &cloud, &transport).expect("a credential");
    Client::new(cloud, credential, transport, options)
}

/// Quick retries.
pub fn options() -> Options {
    Options {
        deadline: Duration::from_secs(20),
        first_pause: Duration::from_millis(1),
        longest_pause: Duration::from_millis(4),
        ..Options::default()
    }
}

/// A token as Entra ID sends it; each is another one.
pub fn token_reply(number: usize) -> Answer {
    let claims =
        json!({ "tid": "tenant-1", "appid": "app-1", "roles": ["User.Read.All"], "n": number });
    let payload = base64::engine::general_purpose::URL_SAFE_NO_PAD.encode(claims.to_string());
    Answer::json(&json!({
        "token_type": "Bearer",
        "expires_in": 3600,
        "access_token": format!("e30.{payload}.sig"),
    }))
}

async fn serve(
    mut stream: impl AsyncRead + AsyncWrite + Unpin,
    script: Arc<Script>,
    log: Arc<Mutex<Vec<Seen>>>,
) {
    let Some(mut request) = read(&mut stream).await else {
        return;
    };
    {
        let mut log = log.lock().expect("no panic");
        let same = log.iter().filter(|other| other.target == request.target);
        request.earlier = same.count();
        log.push(request.clone());
    }
    let answer = script(&request).unwrap_or_else(|| {
        if request.target == TOKEN_PATH {
            return token_reply(request.earlier);
        }
        Answer::error(404, "ResourceNotFound")
    });
    let (status, headers, body, promised) = match answer {
        Answer::Drop => return,
        Answer::Hang => return std::future::pending().await,
        Answer::Truncate(body) => (200, Vec::new(), body.clone(), body.len() + 100),
        Answer::Reply(status, headers, body) => {
            let length = body.len();
            (status, headers, body, length)
        }
    };
    let mut head =
        format!("HTTP/1.1 {status} X\r\ncontent-length: {promised}\r\nconnection: close\r\n");
    for (name, value) in headers {
        head.push_str(&format!("{name}: {value}\r\n"));
    }
    let _ = stream
        .write_all(format!("{head}\r\n{body}").as_bytes())
        .await;
    let _ = stream.shutdown().await;
}

async fn read(stream: &mut (impl AsyncRead + Unpin)) -> Option<Seen> {
    let mut bytes = Vec::new();
    let head_end = loop {
        if let Some(end) = bytes.windows(4).position(|window| window == b"\r\n\r\n") {
            break end + 4;
        }
        if stream.read_buf(&mut bytes).await.ok()? == 0 {
            return None;
        }
    };
    let head = String::from_utf8_lossy(&bytes[..head_end]).into_owned();
    let mut lines = head.lines();
    let mut first = lines.next()?.split(' ');
    let (method, target) = (first.next()?.to_owned(), first.next()?.to_owned());
    let headers: HashMap<String, String> = lines
        .filter_map(|line| line.split_once(": "))
        .map(|(name, value)| (name.to_ascii_lowercase(), value.to_owned()))
        .collect();
    let length: usize = headers
        .get("content-length")
        .and_then(|text| text.parse().ok())
        .unwrap_or(0);
    while bytes.len() < head_end + length {
        if stream.read_buf(&mut bytes).await.ok()? == 0 {
            return None;
        }
    }
    Some(Seen {
        method,
        target,
        headers,
        body: String::from_utf8_lossy(&bytes[head_end..]).into_owned(),
        earlier: 0,
    })
}
