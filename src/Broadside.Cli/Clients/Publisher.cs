using System.Text;

namespace Broadside.Cli.Clients;

/// <summary>Publishes messages one after the other, without waiting for each answer, and adds the answers up.</summary>
/// <param name="client">The connection.</param>
/// <param name="channel">Where to.</param>
/// <param name="options">What follows the message in the command, if anything.</param>
internal sealed class Publisher(RespClient client, string channel, IReadOnlyList<string> options)
{
    private const int MaximumUnanswered = 128;

    private int _unanswered;

    /// <summary>How many messages were published.</summary>
    public long Messages { get; private set; }

    /// <summary>The sum of their receivers.</summary>
    public long Receivers { get; private set; }

    /// <summary>Publishes all messages; ends when all are answered.</summary>
    /// <exception cref="CliException">The server refused one, or the connection was lost.</exception>
    public async Task PublishAsync(MessageSource messages, CancellationToken cancellationToken)
    {
        var command = new ReadOnlyMemory<byte>[3 + options.Count];
        command[0] = "PUBLISH"u8.ToArray();
        command[1] = Encoding.UTF8.GetBytes(channel);
        for (var index = 0; index < options.Count; index++)
        {
            command[3 + index] = Encoding.UTF8.GetBytes(options[index]);
        }

        await foreach (var message in messages.ReadAllAsync(cancellationToken))
        {
            command[2] = message;
            await client.SendAsync(command, cancellationToken);
            _unanswered++;
            while (_unanswered == MaximumUnanswered)
            {
                await CountAnswerAsync(cancellationToken);
            }
        }

        while (_unanswered > 0)
        {
            await CountAnswerAsync(cancellationToken);
        }
    }

    private async Task CountAnswerAsync(CancellationToken cancellationToken)
    {
        var answer = await client.ReceiveAnswerAsync(cancellationToken);
        _unanswered--;
        Messages++;
        Receivers += answer.Number ?? throw new CliException(ExitCodes.Failure, "The server's answer to PUBLISH is no number.");
    }
}
