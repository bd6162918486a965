`include "pim_assert.svh"
`include "pim_pkg.svh"
// STORE: K and V records in BRAM become columns of the cache. For K and then for V, block after block: the code columns
// that hold new tokens, then the block's column of meta bytes, each a run of its own for the row state machine. The
// meta byte of a token is the byte behind its codes, so it comes along when the last of them are read.
//
// A column is written to the cells `pieces + 2` cycles after it has been issued, with a mask for what is new in it.
module pim_kv_store (
    input logic clk_i,
    input logic rst_ni,

    input  logic              start_i,    // the first request may be taken in this cycle
    output logic              done_o,     // no request is left
    input  pim_pkg::decoded_t decoded_i,
    input  pim_pkg::fields_t  fields_i,

    // runs of columns
    output logic        req_valid_o,
    input  logic        req_ready_i,
    output logic [25:0] req_column_o,
    output logic [25:0] req_count_o,
    input  logic        column_i,     // one has been issued

    output pim_pkg::bram_read_t line_read_o,
    /* verilator lint_off UNUSEDSIGNAL */
    input  logic [1023:0]       line_i,       // a column of codes, and the byte behind it
    /* verilator lint_on UNUSEDSIGNAL */

    output logic         cells_valid_o,
    output logic [ 31:0] cells_mask_o,   // of bytes
    output logic [255:0] cells_data_o
);
  // ---- runs
  logic active_q, values_q, meta_next_q;  // values: V instead of K; meta: of the block whose codes went before
  logic [20:0] token_q;                   // first token of the block that is new
  logic active, values, meta_next;
  logic [20:0] token;
  assign active    = start_i ? decoded_i.held_first != decoded_i.held_last : active_q;
  assign values    = !start_i && values_q;
  assign meta_next = !start_i && meta_next_q;
  assign token     = start_i ? decoded_i.held_first : token_q;

  logic [5:0] first, count, beyond;
  logic [20:0] left;
  assign first  = {1'b0, token[4:0]};
  assign left   = decoded_i.held_last - token;
  assign count  = left < 21'd32 - 21'(first) ? left[5:0] : 6'd32 - first;
  assign beyond = first + count;

  logic [25:0] block;
  logic [11:0] block_columns, from, to;
  assign block_columns = decoded_i.token_bytes + 12'd1;
  assign block         = (values ? fields_i.column_v : fields_i.column_k) + 26'(token[20:5] * block_columns);
  logic [17:0] first_byte, beyond_byte;
  assign first_byte    = 18'(first) * 18'(decoded_i.token_bytes);
  assign beyond_byte   = 18'(beyond) * 18'(decoded_i.token_bytes) + 18'd31;
  assign from          = 12'(first_byte >> 5);
  assign to            = 12'(beyond_byte >> 5);

  assign req_valid_o  = active;
  assign req_column_o = meta_next ? block : block + 26'd1 + 26'(from);
  assign req_count_o  = meta_next ? 26'd1 : 26'(to) - 26'(from);
  assign done_o       = !active;

  logic taken, block_done, region_done;
  assign taken       = req_valid_o && req_ready_i;
  assign block_done  = taken && meta_next;
  assign region_done = block_done && left == 21'(count);

  // ---- records: the bank's own come `members` apart
  logic [21:0] own_first, own_step;
  logic [7:0] own_index;
  assign own_index = decoded_i.member >= decoded_i.turn ? decoded_i.member - decoded_i.turn
      : decoded_i.member + fields_i.members - decoded_i.turn;
  assign own_first = 22'(own_index * decoded_i.record_bytes);
  assign own_step  = 22'(fields_i.members * decoded_i.record_bytes);

  // ---- the run in service
  logic run_meta_q;
  logic [21:0] record_q;                            // of the token the next column begins with
  logic [4:0] run_first_q;                          // new tokens of the block
  logic [5:0] run_beyond_q;
  logic [ 4:0] run_token_q;
  logic [ 6:0] run_part_q;
  logic [ 6:0] last_part;
  assign last_part = decoded_i.pieces != 6'd1 ? '0 : decoded_i.token_bytes[11:5] - 7'd1;

  // First token in the first column of the codes, at or before the first new one.
  logic [5:0] in_column;  // place of a token among those of its column
  logic [4:0] first_in_column;
  assign in_column       = first & (decoded_i.pieces - 6'd1);
  assign first_in_column = 5'(first - in_column);

  always_ff @(posedge clk_i or negedge rst_ni) begin
    if (!rst_ni) begin
      active_q     <= 1'b0;
      values_q     <= 1'b0;
      meta_next_q  <= 1'b0;
      token_q      <= '0;
      run_meta_q   <= 1'b0;
      run_first_q  <= '0;
      run_beyond_q <= '0;
      run_token_q  <= '0;
      run_part_q   <= '0;
    end else begin
      active_q    <= active;
      values_q    <= values;
      meta_next_q <= meta_next;
      token_q     <= token;
      if (taken) begin
        meta_next_q  <= !meta_next;
        run_meta_q   <= meta_next;
        run_first_q  <= first[4:0];
        run_beyond_q <= beyond;
        run_token_q  <= first_in_column;
        run_part_q   <= '0;
      end else if (column_i && !run_meta_q) begin
        run_part_q <= run_part_q == last_part ? '0 : run_part_q + 7'd1;
        if (run_part_q == last_part) run_token_q <= run_token_q + 5'(decoded_i.pieces);
      end
      if (block_done) token_q <= token + 21'(count);
      if (region_done) begin
        values_q <= 1'b1;
        token_q  <= decoded_i.held_first;
        active_q <= !values;
      end
    end
  end

  // ---- the column whose bytes are being read: one piece a cycle
  logic busy_q;
  logic [5:0] slot_q;
  logic [4:0] token_now_q;
  logic [ 6:0] part_now_q;
  logic [ 4:0] now;        // token of the piece
  logic new_piece, last_slot;
  assign now       = token_now_q + slot_q[4:0];
  assign new_piece = now >= run_first_q && {1'b0, now} < run_beyond_q;
  assign last_slot = slot_q == decoded_i.pieces - 6'd1;

  assign line_read_o.req  = busy_q && new_piece;
  assign line_read_o.word = record_q[21:2] + 20'({part_now_q, 3'd0});

  logic s1_valid_q, s1_last_q, s1_token_end_q;
  logic [4:0] s1_slot_q, s1_token_q;
  logic write_q;
  logic [2:0] meta_q;
  logic [255:0] codes_q, metas_q;
  logic [31:0] codes_mask_q, metas_mask_q;

  // Bytes of the piece, where they go in the column.
  logic [ 4:0] piece_at;
  logic [31:0] piece_mask;
  logic [255:0] piece_bits, piece_data;
  assign piece_at   = 5'(s1_slot_q * decoded_i.token_bytes[4:0]);
  assign piece_mask = decoded_i.pieces == 6'd1 ? '1 : ((32'd1 << decoded_i.token_bytes[4:0]) - 32'd1) << piece_at;
  assign piece_data = line_i[255:0] << {piece_at, 3'b000};
  for (genvar i = 0; i < 32; i++) begin : g_bits
    assign piece_bits[8*i+:8] = {8{piece_mask[i]}};
  end
  logic [7:0] piece_meta;
  assign piece_meta = decoded_i.pieces == 6'd1 ? line_i[263:256] : line_i[8*decoded_i.token_bytes[4:0]+:8];

  // The columns of V begin when all of K has been read.
  logic half_begins;
  assign half_begins = taken && !meta_next && token == decoded_i.held_first;

  always_ff @(posedge clk_i or negedge rst_ni) begin
    if (!rst_ni) begin
      busy_q      <= 1'b0;
      slot_q      <= '0;
      token_now_q <= '0;
      part_now_q  <= '0;
      record_q    <= '0;
    end else begin
      if (busy_q) begin
        slot_q <= slot_q + 6'd1;
        if (last_slot) busy_q <= 1'b0;
        if (new_piece && part_now_q == last_part) record_q <= record_q + own_step;
      end
      if (half_begins) record_q <= fields_i.bram_in + own_first + (values ? 22'(fields_i.store_tokens * decoded_i.record_bytes) : '0);
      if (column_i && !run_meta_q) begin
        busy_q      <= 1'b1;
        slot_q      <= '0;
        token_now_q <= run_token_q;
        part_now_q  <= run_part_q;
      end
    end
  end

  always_ff @(posedge clk_i or negedge rst_ni) begin
    if (!rst_ni) begin
      s1_valid_q     <= 1'b0;
      s1_last_q      <= 1'b0;
      s1_token_end_q <= 1'b0;
      s1_slot_q      <= '0;
      s1_token_q     <= '0;
      codes_q        <= '0;
      codes_mask_q   <= '0;
      metas_q        <= '0;
      metas_mask_q   <= '0;
      write_q        <= 1'b0;
      meta_q         <= '0;
    end else begin
      s1_valid_q     <= line_read_o.req;
      s1_last_q      <= busy_q && last_slot;
      s1_slot_q      <= slot_q[4:0];
      s1_token_q     <= now;
      s1_token_end_q <= part_now_q == last_part;
      write_q        <= s1_last_q;
      meta_q         <= {meta_q[1:0], column_i && run_meta_q};
      if (write_q) codes_mask_q <= '0;
      if (meta_q[2]) metas_mask_q <= '0;
      if (s1_valid_q) begin
        codes_q      <= (codes_q & ~piece_bits) | (piece_data & piece_bits);
        codes_mask_q <= (write_q ? '0 : codes_mask_q) | piece_mask;
        if (s1_token_end_q) begin
          metas_q[8*s1_token_q+:8] <= piece_meta;
          metas_mask_q[s1_token_q] <= 1'b1;
        end
      end
    end
  end

  assign cells_valid_o = write_q || meta_q[2];
  assign cells_mask_o  = write_q ? codes_mask_q : metas_mask_q;
  assign cells_data_o  = write_q ? codes_q : metas_q;

`ifdef PIM_ASSERTIONS
  a_codes_before_meta :
  assert property (@(posedge clk_i) !(write_q && meta_q[2]));
  a_run_waits :
  assert property (@(posedge clk_i) req_valid_o && !req_ready_i |=>
      req_valid_o && $stable(req_column_o) && $stable(req_count_o));
  a_column_is_through :
  assert property (@(posedge clk_i) column_i && busy_q && !run_meta_q |-> last_slot);
  a_something_to_write :
  assert property (@(posedge clk_i) cells_valid_o |-> cells_mask_o != '0);
`endif
endmodule
