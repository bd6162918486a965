`include "pim_pkg.svh"
// The result pass of a bank: from the edge after its start it reads or clears until it says so no more; a read is written two
// cycles later, and the next pass may begin when nothing is on its way.
module prove_results (
    input logic        clk_i,
    input logic        start_i,
    input logic        round_i,
    input logic [ 1:0] vectors_i,
    input logic [ 3:0] rows_i,
    input logic [10:0] clear_bytes_i
);
  logic rst_n = 1'b0;
  always @(posedge clk_i) rst_n <= 1'b1;

  logic busy;
  pim_pkg::decoded_t decoded;
  pim_pkg::fields_t fields;
  pim_pkg::bram_read_t line_read, pair_read;
  pim_pkg::bram_write_t write;
  logic [1:0] vectors;
  logic [3:0] rows;
  always @* begin
    decoded = '0;
    decoded.vectors      = {18'd0, vectors};
    decoded.record_bytes = 19'd4;
    fields = '0;
    fields.round_later = round_i;
    fields.rows        = {17'd0, rows};
    fields.pitch       = 20'd16;
    fields.clear_bytes = {11'd0, clear_bytes_i};
  end
  pim_result_pass u_pass (
      .clk_i, .rst_ni(rst_n), .start_i, .busy_o(busy), .decoded_i(decoded), .fields_i(fields), .line_read_o(line_read),
      .pair_read_o(pair_read), .line_i(1024'd0), .pair_i(64'd0), .write_o(write), .write_data_o()
  );
  // They stay while a command runs.
  logic [1:0] vectors_q = '0;
  logic [3:0] rows_q = '0;
  assign vectors = start_i ? vectors_i : vectors_q;
  assign rows    = start_i ? rows_i : rows_q;

  logic rounds = 1'b0, read1 = 1'b0, read2 = 1'b0;
  logic [5:0] reads = '0;   // still to make
  logic [10:0] clears = '0;  // bytes still to clear
  logic [2:0] per_vector;
  assign per_vector = 3'((5'(rows_i) + 5'd3) >> 2);
  always @(posedge clk_i) begin
    assume (!start_i || (!busy && !read1 && !read2));
    assume (!start_i || (round_i ? vectors_i != '0 && rows_i != '0 : clear_bytes_i != '0));
    if (rst_n) begin
      assert (busy == (reads != '0 || clears != '0));
      assert (line_read.req == (reads != '0) && pair_read.req == line_read.req);
      assert (write.req == (read2 || clears != '0));
      assert (clears == '0 || read2 || write.bytes == (clears > 11'd256 ? 9'd256 : clears[8:0]));
      if (start_i) begin
        vectors_q <= vectors_i;
        rows_q    <= rows_i;
        reads     <= round_i ? 6'(vectors_i) * 6'(per_vector) : 6'd0;
        clears    <= round_i ? 11'd0 : clear_bytes_i;
      end else begin
        reads  <= reads == '0 ? 6'd0 : reads - 6'd1;
        clears <= clears > 11'd256 ? clears - 11'd256 : 11'd0;
      end
      read1 <= line_read.req;
      read2 <= read1;
      cover (write.req && read2 && !busy && vectors_q == 2'd2);
    end
  end
endmodule
