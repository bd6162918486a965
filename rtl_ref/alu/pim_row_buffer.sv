// A row of operands on its way through the ALU, in `Banks` memories side by side: streams write and read it chunk by
// chunk, a pass all banks at once (chunk numbers of a pass are those of its first bank). A read takes a cycle and holds.
module pim_row_buffer #(
    parameter int Banks = 2,
    parameter int ChunkBits = 1024,
    parameter int ChunkIndexBits = 9
) (
    input  logic                       clk_i,
    input  logic                       write_chunk_i,
    input  logic                       write_row_i,
    input  logic [ ChunkIndexBits-1:0] write_index_i,
    input  logic [      ChunkBits-1:0] chunk_i,
    input  logic [Banks*ChunkBits-1:0] row_i,
    input  logic                       read_i,
    input  logic [ ChunkIndexBits-1:0] read_index_i,
    output logic [      ChunkBits-1:0] chunk_o,
    output logic [Banks*ChunkBits-1:0] row_o
);
  localparam int BankBits = $clog2(Banks);
  localparam int AddressBits = ChunkIndexBits - BankBits;

  logic [BankBits-1:0] read_bank_q;
  always_ff @(posedge clk_i) if (read_i) read_bank_q <= read_index_i[BankBits-1:0];

  for (genvar b = 0; b < Banks; b++) begin : g_bank
    logic [ChunkBits-1:0] mem[0:(1<<AddressBits)-1];
    logic [ChunkBits-1:0] data_q;
    logic write;
    assign write = write_row_i || (write_chunk_i && write_index_i[BankBits-1:0] == BankBits'(b));
    always_ff @(posedge clk_i) begin
      if (write) begin
        mem[write_index_i[ChunkIndexBits-1:BankBits]] <= write_row_i ? row_i[b*ChunkBits+:ChunkBits] : chunk_i;
      end
      if (read_i) data_q <= mem[read_index_i[ChunkIndexBits-1:BankBits]];
    end
    assign row_o[b*ChunkBits+:ChunkBits] = data_q;
  end
  assign chunk_o = row_o[read_bank_q*ChunkBits+:ChunkBits];
endmodule
