using System.Text.Json;
using System.Text.Unicode;

namespace Broadside.Cli.Clients;

/// <summary>Prints messages, one a line: bytes as they are, or as JSON.</summary>
/// <param name="output">Where to.</param>
/// <param name="json">Which of the two.</param>
internal sealed class MessagePrinter(Stream output, bool json)
{
    private readonly BufferedStream _output = new(output, 64 * 1024);

    public void Print(RespValue? pattern, RespValue channel, RespValue message)
    {
        if (json)
        {
            PrintJson(pattern, channel, message);
        }
        else
        {
            _output.Write(channel.Bytes);
            _output.WriteByte((byte)'\t');
            _output.Write(message.Bytes);
        }

        _output.WriteByte((byte)'\n');
    }

    public void Flush() => _output.Flush();

    private void PrintJson(RespValue? pattern, RespValue channel, RespValue message)
    {
        using var writer = new Utf8JsonWriter(_output);
        writer.WriteStartObject();
        if (pattern is not null)
        {
            Write(writer, "pattern", pattern.Bytes);
        }

        Write(writer, "channel", channel.Bytes);
        Write(writer, "message", message.Bytes);
        writer.WriteEndObject();
    }

    // JSON has text only: what is none goes under another name, so that nothing is lost or guessed.
    private static void Write(Utf8JsonWriter writer, string name, byte[] bytes)
    {
        if (Utf8.IsValid(bytes))
        {
            writer.WriteString(name, bytes);
        }
        else
        {
            writer.WriteBase64String(name + "Base64", bytes);
        }
    }
}
