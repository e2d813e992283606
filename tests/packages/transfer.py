"""ftplib, with a server of pyftpdlib's: by the name of the part."""

import io
import sys


def server(directory):
    from pyftpdlib.authorizers import DummyAuthorizer
    from pyftpdlib.handlers import FTPHandler
    from pyftpdlib.servers import FTPServer

    FTPHandler.authorizer = DummyAuthorizer()
    FTPHandler.authorizer.add_user("user", "secret", directory, perm="elradfmwMT")
    listening = FTPServer(("127.0.0.1", 0), FTPHandler)
    print(listening.address[1])
    listening.serve_forever()


def client(port):
    import ftplib

    with ftplib.FTP() as ftp:
        ftp.connect("127.0.0.1", int(port), timeout=30)
        ftp.login("user", "secret")
        # The server connects, and the client listens.
        for passive in True, False:
            ftp.set_pasv(passive)
            print(ftp.storbinary("STOR file", io.BytesIO(b"content" * 50_000)))
            content = io.BytesIO()
            ftp.retrbinary("RETR file", content.write)
            print(content.getbuffer().nbytes, ftp.nlst())
            ftp.delete("file")
        try:
            ftp.cwd("none")
        except ftplib.error_perm as error:
            print(str(error)[:3])


globals()[sys.argv[1]](*sys.argv[2:])
