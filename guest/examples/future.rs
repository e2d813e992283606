//! Many clients at once by `berkeley_guest::future`: a chat, in which each hears what the others say.
//!
//! ```console
//! $ berkeley run --allow listen=127.0.0.1:0 --allow connect=127.0.0.1 future.wasm
//! ```

use std::cell::RefCell;
use std::io::Result;
use std::rc::Rc;
use std::time::Duration;

use berkeley_guest::future::{TcpListener, TcpStream, block_on, spawn, timeout};

/// Those who are in the room.
type Room = Rc<RefCell<Vec<TcpStream>>>;

/// How many talk.
const MANY: usize = 5;

fn main() -> Result<()> {
    block_on(async {
        let listener = TcpListener::bind("127.0.0.1:0").await?;
        let address = listener.local_addr()?;
        println!("the chat is at {address}");
        let server = spawn(serve(listener));

        let clients: Vec<_> = (0..MANY)
            .map(|number| {
                spawn(async move {
                    let stream = TcpStream::connect(address).await?;
                    // What it hears is what all say, itself too.
                    let mut heard = vec![0; MANY * MANY];
                    stream.write_all(&[b'a' + number as u8; MANY]).await?;
                    timeout(Duration::from_secs(30), stream.read_exact(&mut heard)).await??;
                    Result::Ok(String::from_utf8_lossy(&heard).into_owned())
                })
            })
            .collect();
        for client in clients {
            println!("heard: {}", client.await??);
        }
        server.abort();
        println!("all have spoken");
        Ok(())
    })
}

/// Takes everybody into the room. The talk begins once all are there.
async fn serve(listener: TcpListener) -> Result<()> {
    let room = Room::default();
    for _ in 0..MANY {
        let (stream, _) = listener.accept().await?;
        room.borrow_mut().push(stream);
    }
    let everybody = room.borrow().clone();
    for stream in everybody {
        let room = room.clone();
        spawn(async move {
            let mut buffer = [0; 100];
            while let Ok(length @ 1..) = stream.read(&mut buffer).await {
                // A copy: others may come and go while this one waits.
                let others = room.borrow().clone();
                for other in others {
                    // Whoever has gone hears nothing.
                    let _ = other.write_all(&buffer[..length]).await;
                }
            }
        });
    }
    Ok(())
}
