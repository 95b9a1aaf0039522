using System.Buffers;
using Broadside.Relay;
using Broadside.Servers.Tests.Golden;
using FsCheck;
using FsCheck.Fluent;

namespace Broadside.Servers.Tests.Relay;

/// <summary>Nothing a client sends makes the protocol throw, or write anything but whole lines.</summary>
public sealed class RespFuzzTests
{
    private static readonly byte[][] Corpus =
        [.. GoldenScript.All.SelectMany(script => script.Steps).Where(step => step.Kind == '>').Select(step => GoldenScript.Unescape(step.Text))];

    private readonly MiniatureRelay _relay = new(null);

    [Fact]
    public void Random_bytes_never_throw() =>
        Check.One(Config.QuickThrowOnFailure.WithMaxTest(5_000), Prop.ForAll<byte[]>(Survives));

    [Fact]
    public void Mutated_commands_never_throw()
    {
        var random = new Random(3);
        for (var run = 0; run < 100_000; run++)
        {
            var bytes = Corpus[random.Next(Corpus.Length)].ToList();
            for (var mutations = random.Next(1, 5); mutations > 0; mutations--)
            {
                Mutate(bytes, random);
            }

            Assert.True(Survives([.. bytes]), GoldenScript.Escape([.. bytes]));
        }
    }

    [Fact]
    public void Every_prefix_of_a_command_is_survived() =>
        Assert.All(Corpus, bytes => Assert.All(Enumerable.Range(0, bytes.Length), length => Assert.True(Survives(bytes[..length]))));

    [Fact]
    public void What_is_written_is_parsed_again()
    {
        Check.One(Config.QuickThrowOnFailure.WithMaxTest(1_000), Prop.ForAll<byte[][]>(arguments =>
        {
            var output = new ArrayBufferWriter<byte>();
            var writer = new RespWriter(output, RespVersion.Resp2);
            writer.ArrayHeader(arguments.Length);
            foreach (var argument in arguments)
            {
                writer.Bulk(argument);
            }

            return RespCommand.TryParse(output.WrittenSpan, new ArgumentBuffer(), writer, out var command) && AreEqual(command, arguments);
        }));
    }

    private static bool AreEqual(RespCommand command, byte[][] arguments)
    {
        for (var index = 0; index < command.Count; index++)
        {
            if (!command[index].SequenceEqual(arguments[index] ?? []))
            {
                return false;
            }
        }

        return command.Count == arguments.Length;
    }

    private bool Survives(byte[] bytes)
    {
        var client = _relay.Connect();
        _relay.Execute(client, bytes);
        var output = client.TakeOutput();
        _relay.Disconnect(client);
        return output.Length == 0 || output.AsSpan().EndsWith("\r\n"u8);
    }

    private static void Mutate(List<byte> bytes, Random random)
    {
        var index = random.Next(bytes.Count + 1);
        switch (random.Next(4))
        {
            case 0:
                bytes.Insert(index, (byte)random.Next(256));
                break;
            case 1 when index < bytes.Count:
                bytes.RemoveAt(index);
                break;
            case 2 when index < bytes.Count:
                bytes[index] = (byte)"*$-0129 \r\n\"'\\x"[random.Next(14)];
                break;
            default:
                bytes.InsertRange(index, Corpus[random.Next(Corpus.Length)]);
                break;
        }
    }
}
