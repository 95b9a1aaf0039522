using System.Runtime.CompilerServices;
using System.Text;

namespace Broadside.Cli.Clients;

/// <summary>The messages to publish: one text, or the lines of a file, each time anew.</summary>
/// <param name="text">The text; null to read the file.</param>
/// <param name="file">The file's path; <c>-</c> for standard input.</param>
/// <param name="count">How often.</param>
internal sealed class MessageSource(string? text, string? file, int count)
{
    /// <summary>All of them, in order.</summary>
    /// <exception cref="CliException">The file cannot be read.</exception>
    public async IAsyncEnumerable<ReadOnlyMemory<byte>> ReadAllAsync([EnumeratorCancellation] CancellationToken cancellationToken)
    {
        if (text is not null)
        {
            var bytes = Encoding.UTF8.GetBytes(text);
            for (var index = 0; index < count; index++)
            {
                yield return bytes;
            }

            yield break;
        }

        for (var index = 0; index < count; index++)
        {
            // As Latin-1, a line's bytes survive whatever they are.
            using var reader = new StreamReader(Open(), Encoding.Latin1, detectEncodingFromByteOrderMarks: false);
            while (await reader.ReadLineAsync(cancellationToken) is { } line)
            {
                yield return Encoding.Latin1.GetBytes(line);
            }
        }
    }

    private Stream Open()
    {
        try
        {
            return file == "-" ? Console.OpenStandardInput() : File.OpenRead(file!);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            throw new CliException(ExitCodes.Failure, $"The messages cannot be read: {exception.Message}");
        }
    }
}
