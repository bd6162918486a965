`include "pim_assert.svh"
`include "pim_pkg.svh"
// What is left to do in BRAM when the last column of a command is through: rounding the 64-bit sums of a last K tile in
// place, four a cycle, and one value all over, 256 bytes a cycle: zeros for the vectors of a PV that see no token of this
// bank, or what a FILL says.
//
// In place goes upwards: a result is half as long as its sum, so it never overtakes the sums still to be read.
module pim_result_pass (
    input logic clk_i,
    input logic rst_ni,

    input  logic              start_i,
    output logic              busy_o,     // cycles in which it reads, or clears; writes end two cycles later
    input  pim_pkg::decoded_t decoded_i,
    input  pim_pkg::fields_t  fields_i,   // round_later: round, else clear

    output pim_pkg::bram_read_t line_read_o,
    output pim_pkg::bram_read_t pair_read_o,
    /* verilator lint_off UNUSEDSIGNAL */
    input logic [1023:0] line_i,  // four sums of it
    /* verilator lint_on UNUSEDSIGNAL */
    input logic [63:0] pair_i,

    output pim_pkg::bram_write_t write_o,
    output logic [127:0]         write_data_o
);
  // ---- round: where the next four sums lie
  logic rounding_q, clearing_q;
  logic [19:0] vector_q;
  logic [20:0] row_q;
  logic [21:0] sum_q, result_q;          // of row_q
  logic [21:0] sum_row_q, result_row_q;  // of the vector's first row
  logic [21:0] record_q;
  logic last_of_vector;
  assign last_of_vector = row_q + 21'd4 >= fields_i.rows;

  logic [21:0] base_offset;  // of the base exponent in an activation record
  assign base_offset = 22'(decoded_i.shift_offset) + 22'(decoded_i.groups);

  // ---- clear
  logic [21:0] clear_q, left_q;

  assign busy_o = rounding_q || clearing_q;

  always_ff @(posedge clk_i or negedge rst_ni) begin
    if (!rst_ni) begin
      rounding_q   <= 1'b0;
      clearing_q   <= 1'b0;
      vector_q     <= '0;
      row_q        <= '0;
      sum_q        <= '0;
      result_q     <= '0;
      sum_row_q    <= '0;
      result_row_q <= '0;
      record_q     <= '0;
      clear_q      <= '0;
      left_q       <= '0;
    end else if (start_i) begin
      rounding_q   <= fields_i.round_later;
      clearing_q   <= !fields_i.round_later;
      vector_q     <= '0;
      row_q        <= '0;
      sum_q        <= fields_i.bram_out;
      result_q     <= fields_i.bram_out;
      sum_row_q    <= fields_i.bram_out;
      result_row_q <= fields_i.bram_out;
      record_q     <= fields_i.bram_in + base_offset;
      clear_q      <= fields_i.bram_out;
      left_q       <= fields_i.clear_bytes;
    end else if (rounding_q) begin
      row_q    <= row_q + 21'd4;
      sum_q    <= sum_q + 22'd32;
      result_q <= result_q + 22'd16;
      if (last_of_vector) begin
        row_q        <= '0;
        vector_q     <= vector_q + 20'd1;
        sum_q        <= sum_row_q + 22'({fields_i.pitch, 3'b000});
        sum_row_q    <= sum_row_q + 22'({fields_i.pitch, 3'b000});
        result_q     <= result_row_q + {fields_i.pitch, 2'b00};
        result_row_q <= result_row_q + {fields_i.pitch, 2'b00};
        record_q     <= record_q + 22'(decoded_i.record_bytes);
        if (vector_q == decoded_i.vectors - 20'd1) rounding_q <= 1'b0;
      end
    end else if (clearing_q) begin
      clear_q <= clear_q + 22'd256;
      left_q  <= left_q - 22'd256;
      if (left_q <= 22'd256) clearing_q <= 1'b0;
    end
  end

  assign line_read_o.req  = rounding_q;
  assign line_read_o.word = sum_q[21:2];
  assign pair_read_o.req  = rounding_q;
  assign pair_read_o.word = record_q[21:2];

  // ---- one cycle later: round
  logic s1_valid_q;
  logic [1:0] s1_byte_q;
  logic [19:0] s1_result_q;
  logic [2:0] s1_count_q;
  always_ff @(posedge clk_i or negedge rst_ni) begin
    if (!rst_ni) s1_valid_q <= 1'b0;
    else s1_valid_q <= rounding_q;
  end
  always_ff @(posedge clk_i) begin
    if (rounding_q) begin
      s1_byte_q   <= record_q[1:0];
      s1_result_q <= result_q[21:2];
      s1_count_q  <= last_of_vector ? 3'(fields_i.rows - row_q) : 3'd4;
    end
  end
  logic [7:0] base;
  logic signed [17:0] shift;
  logic [127:0] rounded;
  assign base  = pair_i[8*s1_byte_q+:8];
  assign shift = -(18'($signed(base)) + 18'($signed(fields_i.weight_exponent)) + 18'sd16);
  for (genvar i = 0; i < 4; i++) begin : g_round
    pim_round_sat32 #(.ShiftBits(18)) u_round (
        .x_i    (line_i[64*i+:64]),
        .shift_i(shift),
        .y_o    (rounded[32*i+:32])
    );
  end

  // ---- and one more: write
  logic s2_valid_q;
  logic [127:0] s2_data_q;
  logic [19:0] s2_word_q;
  logic [4:0] s2_bytes_q;
  always_ff @(posedge clk_i or negedge rst_ni) begin
    if (!rst_ni) s2_valid_q <= 1'b0;
    else s2_valid_q <= s1_valid_q;
  end
  always_ff @(posedge clk_i) begin
    if (s1_valid_q) begin
      s2_data_q  <= rounded;
      s2_word_q  <= s1_result_q;
      s2_bytes_q <= {s1_count_q, 2'b00};
    end
  end

  assign write_o.req   = s2_valid_q || clearing_q;
  assign write_o.word  = s2_valid_q ? s2_word_q : clear_q[21:2];
  assign write_o.bytes = s2_valid_q ? {4'd0, s2_bytes_q} : left_q > 22'd256 ? 9'd256 : left_q[8:0];
  assign write_data_o  = s2_valid_q ? s2_data_q : {4{fields_i.clear_value}};

`ifdef PIM_ASSERTIONS
  a_one_pass :
  assert property (@(posedge clk_i) start_i |-> !busy_o && !s1_valid_q && !s2_valid_q);
  a_begins_at_once :
  assert property (@(posedge clk_i) start_i |=> busy_o);
  // A stage too many, which the drain would hide, is a failure.
  a_results_in_time :
  assert property (@(posedge clk_i) write_o.req == (clearing_q || $past(line_read_o.req, 2)));
  a_something_to_do :
  assert property (@(posedge clk_i) start_i |-> fields_i.round_later ? decoded_i.vectors != '0 && fields_i.rows != '0 : fields_i.clear_bytes != '0);
  a_results_do_not_overtake :
  assert property (@(posedge clk_i) rounding_q |-> result_q <= sum_q);
`endif
endmodule
