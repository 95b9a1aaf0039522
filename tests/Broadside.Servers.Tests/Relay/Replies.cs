using System.Buffers;
using System.Text;
using Broadside.Relay;
using Broadside.Servers.Tests.Golden;

namespace Broadside.Servers.Tests.Relay;

internal delegate bool ParseOptions(in RespCommand command, RespWriter errors);

/// <summary>Shorthand for commands and what is written of them.</summary>
internal static class Replies
{
    /// <summary>What is written, escaped.</summary>
    public static string Of(Action<RespWriter> write, RespVersion version = RespVersion.Resp2)
    {
        var output = new ArrayBufferWriter<byte>();
        write(new RespWriter(output, version));
        return GoldenScript.Escape(output.WrittenSpan);
    }

    /// <summary>Parses an inline command and hands it on; returns the error written, escaped.</summary>
    public static string Parse(string line, ParseOptions parse)
    {
        var output = new ArrayBufferWriter<byte>();
        var errors = new RespWriter(output, RespVersion.Resp2);
        Assert.True(RespCommand.TryParse(Encoding.Latin1.GetBytes(line + "\r\n"), new ArgumentBuffer(), errors, out var command));
        var parsed = parse(command, errors);
        Assert.Equal(output.WrittenCount == 0, parsed);
        return GoldenScript.Escape(output.WrittenSpan);
    }
}
