using System.Buffers;
using Broadside.Relay;

namespace Broadside.Servers.Tests.Relay;

[CollectionDefinition(nameof(AllocationTests), DisableParallelization = true)]
public sealed class AllocationCollection;

/// <summary>The paths every message takes allocate nothing.</summary>
[Collection(nameof(AllocationTests))]
public sealed class AllocationTests
{
    private readonly ArgumentBuffer _arguments = new();
    private readonly ArrayBufferWriter<byte> _output = new(4096);
    private readonly GlobPattern _pattern = new("a*[b-d]?"u8);

    [Fact]
    public void Publishing_allocates_nothing() => AllocatesNothing(() =>
        Publish("*5\r\n$7\r\nPUBLISH\r\n$4\r\nabcd\r\n$5\r\nhello\r\n$8\r\nPRIORITY\r\n$1\r\n0\r\n"u8));

    [Fact]
    public void An_inline_command_allocates_nothing() => AllocatesNothing(() => Publish("publish \"abcd\" 'hello' expire 100\r\n"u8));

    [Fact]
    public void A_refused_command_allocates_nothing() => AllocatesNothing(() =>
    {
        _output.ResetWrittenCount();
        var writer = new RespWriter(_output, RespVersion.Resp3);
        RespCommand.TryParse("foo a b\r\n"u8, _arguments, writer, out var command);
        CommandTable.Find(command, writer);
    });

    private void Publish(ReadOnlySpan<byte> frame)
    {
        _output.ResetWrittenCount();
        var writer = new RespWriter(_output, RespVersion.Resp3);
        if (!RespCommand.TryParse(frame, _arguments, writer, out var command) || CommandTable.Find(command, writer) is null
            || !PublishOptions.TryParse(command, writer, out var options) || !_pattern.IsMatch(options.Channel))
        {
            throw new InvalidOperationException("The command was refused.");
        }

        PubSubMessages.MessageHead(writer, options.Channel, options.Message.Length);
        writer.BulkBody(options.Message);
        PubSubMessages.PatternMessageHead(writer, _pattern.Bytes, options.Channel, options.Message.Length);
        writer.BulkBody(options.Message);
        writer.Integer(2);
    }

    private static void AllocatesNothing(Action action)
    {
        Requirement.IsOptimised();
        for (var warmUp = 0; warmUp < 1000; warmUp++)
        {
            action();
        }

        var before = GC.GetAllocatedBytesForCurrentThread();
        for (var run = 0; run < 1000; run++)
        {
            action();
        }

        Assert.Equal(0, GC.GetAllocatedBytesForCurrentThread() - before);
    }
}
