using System.Buffers;
using System.Buffers.Text;
using System.Diagnostics;

namespace Broadside.Relay;

/// <summary>Writes replies in either version of the protocol; types RESP2 lacks become what Redis makes of them.</summary>
/// <param name="output">Where the bytes go.</param>
/// <param name="version">The connection's version.</param>
internal readonly struct RespWriter(IBufferWriter<byte> output, RespVersion version)
{
    // A type character, twenty digits and sign, CR LF.
    private const int MaximumHeader = 24;
    private const int MaximumChunk = 64 * 1024;

    /// <summary>The version written.</summary>
    public RespVersion Version => version;

    private bool IsResp3 => version == RespVersion.Resp3;

    /// <summary>A short text without line ends: <c>+OK</c>.</summary>
    public void SimpleString(ReadOnlySpan<byte> text)
    {
        Debug.Assert(text.IndexOfAny((byte)'\r', (byte)'\n') < 0);
        Raw("+"u8);
        Raw(text);
        Raw("\r\n"u8);
    }

    /// <summary>An error: its code, a space, its text. Line ends become spaces.</summary>
    public void Error(ReadOnlySpan<byte> text)
    {
        BeginError();
        ErrorPart(text);
        EndError();
    }

    /// <summary>Begins an error that is written in parts.</summary>
    public void BeginError() => Raw("-"u8);

    /// <summary>A part of an error's text. Line ends become spaces, so that no input can end the error early.</summary>
    public void ErrorPart(ReadOnlySpan<byte> text)
    {
        while (!text.IsEmpty)
        {
            var end = text.IndexOfAny((byte)'\r', (byte)'\n');
            if (end < 0)
            {
                Raw(text);
                return;
            }

            Raw(text[..end]);
            Raw(" "u8);
            text = text[(end + 1)..];
        }
    }

    /// <summary>Ends an error written in parts.</summary>
    public void EndError() => Raw("\r\n"u8);

    /// <summary>A 64-bit integer.</summary>
    public void Integer(long value) => Header((byte)':', value);

    /// <summary>A binary-safe string.</summary>
    public void Bulk(ReadOnlySpan<byte> bytes)
    {
        BulkHeader(bytes.Length);
        BulkBody(bytes);
    }

    /// <summary>Begins a binary-safe string; its bytes and a line end follow.</summary>
    public void BulkHeader(int length) => Header((byte)'$', length);

    /// <summary>Ends a binary-safe string that was begun.</summary>
    public void BulkBody(ReadOnlySpan<byte> bytes)
    {
        Raw(bytes);
        Raw("\r\n"u8);
    }

    /// <summary>No value, where a string or integer could have been.</summary>
    public void Null() => Raw(IsResp3 ? "_\r\n"u8 : "$-1\r\n"u8);

    /// <summary>No value, where an array could have been.</summary>
    public void NullArray() => Raw(IsResp3 ? "_\r\n"u8 : "*-1\r\n"u8);

    /// <summary>Begins an array; so many values follow.</summary>
    public void ArrayHeader(int count) => Header((byte)'*', count);

    /// <summary>Begins a map; so many pairs follow. In RESP2 an array of twice as many.</summary>
    public void MapHeader(int pairs) => Header(IsResp3 ? (byte)'%' : (byte)'*', IsResp3 ? pairs : 2L * pairs);

    /// <summary>Begins a set; so many values follow. In RESP2 an array.</summary>
    public void SetHeader(int count) => Header(IsResp3 ? (byte)'~' : (byte)'*', count);

    /// <summary>Begins an out-of-band push; so many values follow. In RESP2 an array.</summary>
    public void PushHeader(int count) => Header(IsResp3 ? (byte)'>' : (byte)'*', count);

    /// <summary>True or false; in RESP2 1 or 0.</summary>
    public void Boolean(bool value)
    {
        if (IsResp3)
        {
            Raw(value ? "#t\r\n"u8 : "#f\r\n"u8);
        }
        else
        {
            Integer(value ? 1 : 0);
        }
    }

    /// <summary>A floating-point number, with 17 significant digits; in RESP2 as a string.</summary>
    public void Double(double value)
    {
        Span<byte> text = stackalloc byte[32];
        var length = FormatDouble(value, text);
        if (IsResp3)
        {
            Raw(","u8);
            Raw(text[..length]);
            Raw("\r\n"u8);
        }
        else
        {
            Bulk(text[..length]);
        }
    }

    /// <summary>Text meant to be shown to a person as it is; in RESP2 a string.</summary>
    public void Verbatim(ReadOnlySpan<byte> text)
    {
        if (!IsResp3)
        {
            Bulk(text);
            return;
        }

        Header((byte)'=', text.Length + 4L);
        Raw("txt:"u8);
        Raw(text);
        Raw("\r\n"u8);
    }

    /// <summary>Bytes that are already encoded.</summary>
    public void Raw(ReadOnlySpan<byte> bytes)
    {
        while (!bytes.IsEmpty)
        {
            // What room there is is filled first; asking for all of a large value at once could exceed what the output can offer.
            var room = output.GetSpan();
            if (room.Length < bytes.Length && room.Length < MaximumHeader)
            {
                room = output.GetSpan(Math.Min(bytes.Length, MaximumChunk));
            }

            var count = Math.Min(room.Length, bytes.Length);
            bytes[..count].CopyTo(room);
            output.Advance(count);
            bytes = bytes[count..];
        }
    }

    private void Header(byte type, long value)
    {
        var room = output.GetSpan(MaximumHeader);
        room[0] = type;
        var formatted = Utf8Formatter.TryFormat(value, room[1..], out var digits);
        Debug.Assert(formatted);
        room[1 + digits] = (byte)'\r';
        room[2 + digits] = (byte)'\n';
        output.Advance(3 + digits);
    }

    private static int FormatDouble(double value, Span<byte> text)
    {
        if (double.IsFinite(value))
        {
            var formatted = value.TryFormat(text, out var length, "g17", System.Globalization.CultureInfo.InvariantCulture);
            Debug.Assert(formatted);
            return length;
        }

        var name = double.IsNaN(value) ? "nan"u8 : value > 0 ? "inf"u8 : "-inf"u8;
        name.CopyTo(text);
        return name.Length;
    }
}
