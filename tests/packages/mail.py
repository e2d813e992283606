"""Mail, by the name of the part: a server of aiosmtpd's, and a client with smtplib."""

import asyncio
import email.message
import smtplib
import sys


def server():
    from aiosmtpd.smtp import SMTP

    class Handler:
        async def handle_DATA(self, server, session, envelope):
            mail = email.message_from_bytes(envelope.content)
            print(envelope.mail_from, envelope.rcpt_tos, mail["Subject"], len(mail.get_payload()))
            return "250 taken"

    async def serve():
        loop = asyncio.get_running_loop()
        listening = await loop.create_server(lambda: SMTP(Handler(), hostname="localhost"), "127.0.0.1", 0)
        print(listening.sockets[0].getsockname()[1])
        await listening.serve_forever()

    asyncio.run(serve())


def client(port):
    mail = email.message.EmailMessage()
    mail["Subject"], mail["From"], mail["To"] = "subject", "me@localhost", "you@localhost, others@localhost"
    mail.set_content("line\n" * 20_000)
    with smtplib.SMTP("127.0.0.1", int(port), local_hostname="localhost", timeout=30) as connection:
        print(connection.has_extn("SMTPUTF8"), connection.send_message(mail))
        try:
            connection.sendmail("me@localhost", [], "")
        except smtplib.SMTPException as error:
            print(type(error).__name__)


globals()[sys.argv[1]](*sys.argv[2:])
