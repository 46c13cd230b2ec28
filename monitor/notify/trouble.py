"""What goes wrong between us and a mail server, in words that say what to do."""

import os
import smtplib
import socket
import ssl

from monitor.text import shorten


def explained(error: Exception) -> str:
    """Reason and advice for an exception of the mail library, of TLS or of the system."""
    match error:
        case TimeoutError():
            return "not done within smtp_timeout; the server hangs or is too slow. It will be tried again."
        case ssl.SSLCertVerificationError():
            return (
                f"no safe connection, so nothing was sent: its certificate is not valid ({error.verify_message}). "
                "Check smtp_host; where the authority is your own, name its file in SSL_CERT_FILE."
            )
        case ssl.SSLError():
            return (
                f"no safe connection ({_tls_words(error)}). Check smtp_security and smtp_port: starttls goes with 587, "
                "tls with 465."
            )
        case socket.gaierror():
            return f"its name cannot be resolved ({error.strerror}). Check smtp_host and this machine's name server."
        case UnicodeError():
            return "smtp_host is no name of a host. Check it."
        case smtplib.SMTPServerDisconnected():
            return "it closed the connection before it was done. It will be tried again."
        case smtplib.SMTPResponseException():
            return f"it answered {error.smtp_code} {_server_words(error.smtp_error)}. It will be tried again."
        case smtplib.SMTPException():
            return f"it does not speak SMTP as it should ({shorten(str(error), 200)}). Check smtp_host and smtp_port."
        case OSError():
            return (
                f"no connection: {_system_words(error)}. Check smtp_host and smtp_port, and whether the server runs. "
                "It will be tried again."
            )
        case _:
            return shorten(str(error), 200) or type(error).__name__


def _server_words(said: bytes | str) -> str:
    return shorten(said.decode("utf-8", "replace") if isinstance(said, bytes) else said, 200)


def _system_words(error: OSError) -> str:
    return os.strerror(error.errno).lower() if error.errno else shorten(str(error), 200)


def _tls_words(error: ssl.SSLError) -> str:
    return str(getattr(error, "reason", None) or error).replace("_", " ").lower()
