//! A proxy between the tool and servers that have no address of their own here: HTTP's CONNECT and SOCKS5. It notes what
//! it is asked for, and leads every name to this machine. Also a connection that is closed when nobody uses it.

use std::io;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use tokio::io::{AsyncRead, AsyncReadExt as _, AsyncWrite, AsyncWriteExt as _, copy_bidirectional};
use tokio::net::{TcpListener, TcpStream};
use tokio::runtime::Runtime;
use tokio::sync::watch;
use tokio_rustls::TlsAcceptor;

/// What a relay notes when it has hung up.
pub(super) const HUNG_UP: &str = "hung up";

/// A proxy; it stops when dropped.
pub(super) struct Relay {
    pub(super) port: u16,
    /// What it was asked for, in order.
    pub(super) asked: Arc<Mutex<Vec<String>>>,
    runtime: Option<Runtime>,
}

impl Relay {
    /// A proxy that lets in whoever says `account` (`NAME:PASSWORD`, in base64 as well), or everybody where there is none.
    pub(super) fn start(account: Option<&'static str>, tls: Option<TlsAcceptor>) -> Self {
        Self::serving("127.0.0.1:0", move |stream, asked| {
            let tls = tls.clone();
            async move {
                match tls {
                    None => relay(stream, account, asked).await,
                    Some(tls) => relay(tls.accept(stream).await?, account, asked).await,
                }
            }
        })
    }

    /// Leads to `target` (an address and a port), and hangs up when nothing has been said for this long; it notes that.
    pub(super) fn impatient(listens: &str, target: &str, patience: Duration) -> Self {
        let target = target.to_owned();
        Self::serving(listens, move |mut stream, asked| {
            let target = target.clone();
            async move {
                let mut server = TcpStream::connect(target).await?;
                let (mut up, mut down) = ([0; 4096], [0; 4096]);
                let mut answered = false;
                loop {
                    tokio::select! {
                        count = stream.read(&mut up) => match count? {
                            0 => return Ok(()),
                            count => {
                                answered = false;
                                server.write_all(&up[..count]).await?;
                            }
                        },
                        count = server.read(&mut down) => match count? {
                            0 => return Ok(()),
                            count => {
                                answered = true;
                                stream.write_all(&down[..count]).await?;
                            }
                        },
                        () = tokio::time::sleep(patience), if answered => {
                            asked.lock().unwrap().push(HUNG_UP.to_owned());
                            return Ok(());
                        }
                    }
                }
            }
        })
    }

    /// Leads to `target` until it is told to break: then every connection that there is gets a fatal alert (internal error)
    /// in place of what was to come, which nobody has encrypted, and ends.
    pub(super) fn breaking(target: &str) -> (Self, watch::Sender<u32>) {
        const ALERT: &[u8] = b"\x15\x03\x03\x00\x02\x02\x50";
        let (breaks, target) = (watch::Sender::new(0), target.to_owned());
        let broken = breaks.clone();
        let relay = Self::serving("127.0.0.1:0", move |mut stream, _| {
            let (target, mut broken) = (target.clone(), broken.subscribe());
            async move {
                let mut server = TcpStream::connect(target).await?;
                tokio::select! {
                    done = copy_bidirectional(&mut stream, &mut server) => done.map(|_| ()),
                    _ = broken.changed() => stream.write_all(ALERT).await,
                }
            }
        });
        (relay, breaks)
    }

    fn serving<F: Future<Output = io::Result<()>> + Send + 'static>(
        listens: &str,
        serve: impl Fn(TcpStream, Arc<Mutex<Vec<String>>>) -> F + Send + 'static,
    ) -> Self {
        let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(1).enable_all().build().unwrap();
        let listener = runtime.block_on(TcpListener::bind(listens)).unwrap();
        let port = listener.local_addr().unwrap().port();
        let asked = Arc::default();
        let noted = Arc::clone(&asked);
        runtime.spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                tokio::spawn(serve(stream, Arc::clone(&noted)));
            }
        });
        Self { port, asked, runtime: Some(runtime) }
    }
}

impl Drop for Relay {
    fn drop(&mut self) {
        if let Some(runtime) = self.runtime.take() {
            runtime.shutdown_background();
        }
    }
}

async fn relay(
    mut stream: impl AsyncRead + AsyncWrite + Unpin,
    account: Option<&str>,
    asked: Arc<Mutex<Vec<String>>>,
) -> io::Result<()> {
    let note = |what: String| asked.lock().unwrap().push(what);
    let mut first = [0];
    stream.read_exact(&mut first).await?;
    let port = if first == [5] {
        let (host, port) = socks(&mut stream, account).await?;
        note(format!("SOCKS5 {host}"));
        port
    } else {
        let mut head = first.to_vec();
        while !head.ends_with(b"\r\n\r\n") {
            head.push(stream.read_u8().await?);
        }
        let head = String::from_utf8(head).unwrap();
        let line = head.lines().next().unwrap_or_default().trim_end_matches(" HTTP/1.1").to_owned();
        note(line.clone());
        let said =
            head.lines().find_map(|line| line.to_lowercase().strip_prefix("proxy-authorization:").map(str::to_owned));
        if account.is_some_and(|account| !said.unwrap_or_default().contains(&encoded(account).to_lowercase())) {
            let refusal =
                b"HTTP/1.1 407 Proxy Authentication Required\r\nproxy-authenticate: Basic\r\ncontent-length: 0\r\n\r\n";
            return stream.write_all(refusal).await;
        }
        let Some(port) = line.strip_prefix("CONNECT ").and_then(|line| line.rsplit(':').next()?.parse().ok()) else {
            return stream.write_all(b"HTTP/1.1 501 Not Implemented\r\ncontent-length: 0\r\n\r\n").await;
        };
        stream.write_all(b"HTTP/1.1 200 OK\r\n\r\n").await?;
        port
    };
    let mut server = TcpStream::connect(("127.0.0.1", port)).await?;
    copy_bidirectional(&mut stream, &mut server).await.map(|_| ())
}

/// The greeting of SOCKS5, after its first byte: RFC 1928 and 1929.
async fn socks(stream: &mut (impl AsyncRead + AsyncWrite + Unpin), account: Option<&str>) -> io::Result<(String, u16)> {
    let mut methods = vec![0; usize::from(stream.read_u8().await?)];
    stream.read_exact(&mut methods).await?;
    stream.write_all(&[5, if account.is_some() { 2 } else { 0 }]).await?;
    if let Some(account) = account {
        stream.read_u8().await?;
        let mut said = Vec::new();
        for _ in 0..2 {
            let mut part = vec![0; usize::from(stream.read_u8().await?)];
            stream.read_exact(&mut part).await?;
            said.push(String::from_utf8(part).unwrap());
        }
        let right = said.join(":") == account;
        stream.write_all(&[1, u8::from(!right)]).await?;
        if !right {
            return Err(io::ErrorKind::PermissionDenied.into());
        }
    }
    let mut request = [0; 4];
    stream.read_exact(&mut request).await?;
    let host = if request[3] == 1 {
        let mut address = [0; 4];
        stream.read_exact(&mut address).await?;
        std::net::Ipv4Addr::from(address).to_string()
    } else {
        let mut name = vec![0; usize::from(stream.read_u8().await?)];
        stream.read_exact(&mut name).await?;
        String::from_utf8(name).unwrap()
    };
    let port = stream.read_u16().await?;
    stream.write_all(&[5, 0, 0, 1, 0, 0, 0, 0, 0, 0]).await?;
    Ok((host, port))
}

fn encoded(account: &str) -> String {
    use base64::Engine as _;
    base64::engine::general_purpose::STANDARD.encode(account)
}
