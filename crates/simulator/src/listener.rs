//! Accepts connections, with TLS or without, and lets a request cut its own connection.

use std::io;
use std::net::SocketAddr;
use std::pin::Pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::task::{Context, Poll};

use axum::extract::connect_info::Connected;
use axum::serve::{IncomingStream, Listener};
use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::mpsc;
use tokio_rustls::TlsAcceptor;

/// Cuts a connection: what is written from then on fails, and the connection ends.
#[derive(Debug, Clone, Default)]
pub(crate) struct Switch {
    is_cut: Arc<AtomicBool>,
    is_near: bool,
}

impl Switch {
    pub(crate) fn cut(&self) {
        self.is_cut.store(true, Ordering::Relaxed);
    }

    /// True when the client is on this machine.
    pub(crate) const fn is_near(&self) -> bool {
        self.is_near
    }

    fn is_cut(&self) -> bool {
        self.is_cut.load(Ordering::Relaxed)
    }
}

trait Stream: AsyncRead + AsyncWrite + Send + Unpin {}
impl<T: AsyncRead + AsyncWrite + Send + Unpin> Stream for T {}

/// A connection that its switch can cut.
pub(crate) struct Connection {
    stream: Box<dyn Stream>,
    switch: Switch,
}

/// Connections whose handshake is done.
pub(crate) struct Accepted {
    ready: mpsc::Receiver<(Connection, SocketAddr)>,
    local: SocketAddr,
}

impl Accepted {
    /// Accepts on a listener in a task of its own, so that a slow handshake holds nobody up.
    pub(crate) fn start(
        listener: TcpListener,
        tls: Option<TlsAcceptor>,
    ) -> io::Result<(Self, tokio::task::JoinHandle<()>)> {
        let local = listener.local_addr()?;
        let (sender, ready) = mpsc::channel(64);
        let task = tokio::spawn(accept(listener, tls, sender));
        Ok((Self { ready, local }, task))
    }
}

async fn accept(
    listener: TcpListener,
    tls: Option<TlsAcceptor>,
    sender: mpsc::Sender<(Connection, SocketAddr)>,
) {
    loop {
        let (stream, peer) = match listener.accept().await {
            Ok(accepted) => accepted,
            Err(error) => {
                tracing::debug!(%error, "accepting a connection failed");
                // Out of file descriptors, mostly: others must end before the next one is accepted.
                tokio::time::sleep(std::time::Duration::from_millis(20)).await;
                continue;
            }
        };
        tokio::spawn(handshake(stream, peer, tls.clone(), sender.clone()));
    }
}

async fn handshake(
    stream: TcpStream,
    peer: SocketAddr,
    tls: Option<TlsAcceptor>,
    sender: mpsc::Sender<(Connection, SocketAddr)>,
) {
    let _ = stream.set_nodelay(true);
    let stream: Box<dyn Stream> = match tls {
        None => Box::new(stream),
        Some(tls) => match tls.accept(stream).await {
            Ok(stream) => Box::new(stream),
            Err(error) => {
                tracing::debug!(%error, %peer, "TLS handshake failed");
                return;
            }
        },
    };
    let connection = Connection {
        stream,
        switch: Switch::default(),
    };
    // The receiver is gone when the server shuts down.
    let _ = sender.send((connection, peer)).await;
}

impl Listener for Accepted {
    type Io = Connection;
    type Addr = SocketAddr;

    async fn accept(&mut self) -> (Connection, SocketAddr) {
        match self.ready.recv().await {
            Some(accepted) => accepted,
            None => std::future::pending().await,
        }
    }

    fn local_addr(&self) -> io::Result<SocketAddr> {
        Ok(self.local)
    }
}

impl Connected<IncomingStream<'_, Accepted>> for Switch {
    fn connect_info(stream: IncomingStream<'_, Accepted>) -> Self {
        Self {
            is_near: stream.remote_addr().ip().to_canonical().is_loopback(),
            ..stream.io().switch.clone()
        }
    }
}

impl Connection {
    fn checked(&self) -> io::Result<()> {
        if self.switch.is_cut() {
            return Err(io::ErrorKind::ConnectionReset.into());
        }
        Ok(())
    }
}

impl AsyncRead for Connection {
    fn poll_read(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        buffer: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        self.checked()?;
        Pin::new(&mut self.stream).poll_read(context, buffer)
    }
}

impl AsyncWrite for Connection {
    fn poll_write(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        bytes: &[u8],
    ) -> Poll<io::Result<usize>> {
        self.checked()?;
        Pin::new(&mut self.stream).poll_write(context, bytes)
    }

    fn poll_flush(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        self.checked()?;
        Pin::new(&mut self.stream).poll_flush(context)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        self.checked()?;
        Pin::new(&mut self.stream).poll_shutdown(context)
    }
}
